import sql from 'sql-template-tag'
import { type Flag, type FlagRule, type flags, type Input, limits } from '../../../contract/index.ts'
import { type Command, everyone, type Tx } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { can } from '../../kernel/can.ts'
import { changedFields, given } from '../../kernel/changes.ts'
import { conflict, invalid, notFound, versionConflict } from '../../kernel/errors.ts'
import { orderFor, pageOf } from '../../kernel/paging.ts'
import { isStale, type Scope } from '../../kernel/scope.ts'
import type { Database } from '../../ports/database.ts'
import { audit } from '../audit/index.ts'
import { seeSettings } from './flags.policy.ts'
import { evaluate, type Subject } from './evaluate.ts'
import type { FlagCache } from './flag-cache.ts'
import * as queries from './flags.queries.ts'
import type { FlagRow } from './flags.queries.ts'
import { subjectOf } from './subject.ts'

type Given = Input<typeof flags.operations.toggle>
type Settings = Pick<FlagRow, 'description' | 'enabled' | 'rollout_percent' | 'rules'>

const byName = orderFor<'name', FlagRow>({ name: { column: sql`name`, type: 'text' } }, 'name')

/** Feature flags: for administrators to set, for everybody to get the value of. */
export function createFlagService(deps: {
  database: Database
  command: Command
  cache: FlagCache
}): Handlers<typeof flags> {
  const { database, command, cache } = deps

  return {
    async list({ person }, { page, page_size, cursor }) {
      const [found, subject] = await Promise.all([
        pageOf(
          { page, page_size, cursor },
          ['flags'],
          byName,
          clauses => queries.listFlags(database.reads, clauses),
          () => queries.countFlags(database.reads),
        ),
        subjectOf(database, await cache.read(), person),
      ])
      return { ...found, results: found.results.map(flag => present(flag, subject, person)) }
    },

    async toggle(scope, { name, ...wanted }) {
      const row = await command(scope, tx => save(tx, scope, name, wanted))
      cache.forget()
      return present(row, await subjectOf(database, [row], scope.person), scope.person)
    },

    async delete(scope, { name }) {
      await command(scope, async tx => {
        const before = await queries.lockFlag(tx, name)
        if (!before) throw notFound()
        assertSeen(scope, before)
        await queries.deleteFlag(tx, before.id)
        tx.record('flag_deleted', { name, version: before.version + 1 }, everyone)
        const { id: _id, ...details } = before
        await audit(tx, scope, { action: 'flag.deleted', resource: 'flag', resourceId: name, details })
      })
      cache.forget()
      return { deleted: true as const }
    },
  }
}

async function save(tx: Tx, scope: Scope, name: string, wanted: Omit<Given, 'name'>): Promise<FlagRow> {
  const before = await queries.lockFlag(tx, name)
  if (before) assertSeen(scope, before)
  await assertRulesNameSomebody(tx, wanted.rules ?? [])
  const changes: Partial<Settings> = given(wanted)
  const isNameOnly = Object.keys(changes).length === 0
  const now: Settings = before ?? { description: '', enabled: false, rollout_percent: 100, rules: [] }
  const after: Settings = { ...now, ...(isNameOnly && before ? { enabled: !before.enabled } : changes) }
  const changed = changedFields<Settings>(now, {
    description: after.description,
    enabled: after.enabled,
    rollout_percent: after.rollout_percent,
    rules: after.rules,
  })
  if (before && changed.length === 0) return before
  const { description, enabled, rollout_percent, rules } = after
  const row = { name, description, enabled, rollout_percent, rules, updated_by: scope.person.id }
  if (!before && (await queries.countFlags(tx)) >= limits.flags)
    throw conflict(`There are ${limits.flags} flags already; remove one that is no longer used.`)
  const saved = before
    ? await queries.updateFlag(tx, before.id, row, tx.now)
    : await queries.insertFlag(tx, row, tx.now)
  tx.record('flag_updated', { name, version: saved.version }, everyone)
  const details = before
    ? Object.fromEntries(changed.map(field => [field, { from: before[field], to: saved[field] }]))
    : { description, enabled, rollout_percent, rules }
  const action = before ? 'flag.updated' : 'flag.created'
  await audit(tx, scope, { action, resource: 'flag', resourceId: name, details })
  return saved
}

function assertSeen(scope: Scope, row: FlagRow): void {
  if (isStale(scope, row.version)) throw versionConflict({ name: row.name, version: row.version })
}

/** A rule for people or projects that do not exist is a mistake, and would stay unnoticed. */
async function assertRulesNameSomebody(tx: Tx, rules: readonly FlagRule[]): Promise<void> {
  const [users, projects] = await Promise.all([
    queries.existing(
      tx,
      'users',
      rules.flatMap(rule => rule.users ?? []),
    ),
    queries.existing(
      tx,
      'projects',
      rules.flatMap(rule => rule.projects ?? []),
    ),
  ])
  for (const [nth, rule] of rules.entries()) {
    const strangers = (rule.users ?? []).filter(id => !users.has(id))
    if (strangers.length > 0) throw invalid({ [`rules.${nth}.users`]: `there is no person ${strangers[0]}` })
    const unknown = (rule.projects ?? []).filter(id => !projects.has(id))
    if (unknown.length > 0) throw invalid({ [`rules.${nth}.projects`]: `there is no project ${unknown[0]}` })
  }
}

function present(flag: FlagRow, subject: Subject, person: Scope['person']): Flag {
  const { id: _, name, description, ...settings } = flag
  const { value, reason } = evaluate(flag, subject)
  const common = { name, description, value, reason }
  return can({ person }, seeSettings, null) ? { ...common, ...settings } : { ...common, enabled: value }
}

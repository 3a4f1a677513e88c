import { can } from '../../kernel/can.ts'
import type { Connection } from '../../ports/database.ts'
import { askForOthers } from './flags.policy.ts'
import type { Subject } from './evaluate.ts'
import { findSubject, type FlagRow, membershipsAmong } from './flags.queries.ts'

type Person = NonNullable<Subject['person']>

/** The caller, with what the rules of these flags ask about them. */
export async function subjectOf(
  db: Connection,
  flags: readonly Pick<FlagRow, 'rules'>[],
  person: Person,
  key = String(person.id),
): Promise<Subject> {
  const named = [...new Set(flags.flatMap(({ rules }) => rules.flatMap(({ projects = [] }) => projects)))]
  const projects = named.length === 0 ? new Set<number>() : await membershipsAmong(db, person.id, named)
  return { key, person: { id: person.id, role: person.role }, projects }
}

/**
 * Who is meant by a targeting key. Administrators ask for anybody, by id, or for somebody who has no account here. For
 * others the key only decides about their place in a rollout.
 */
export async function targetOf(
  db: Connection,
  flags: readonly Pick<FlagRow, 'rules'>[],
  caller: Person,
  key: string | undefined,
): Promise<Subject> {
  if (key === undefined || key === String(caller.id)) return subjectOf(db, flags, caller)
  if (!can({ person: caller }, askForOthers, null)) return subjectOf(db, flags, caller, key)
  const id = /^[1-9][0-9]{0,14}$/.test(key) ? Number(key) : null
  const other = id === null ? undefined : await findSubject(db, id)
  return other ? subjectOf(db, flags, other) : { key, person: null, projects: new Set() }
}

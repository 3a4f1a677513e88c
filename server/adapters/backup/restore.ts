import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { conflict } from '../../kernel/errors.ts'
import type { Logger } from '../../kernel/logger.ts'
import { goingOn } from '../../ports/going-on.ts'
import {
  type BackupHead,
  BackupRefused,
  type Going,
  isWholeBackup,
  type Manifest,
  type Replacing,
  type RestoreRequest,
  type RestoreResult,
} from '../../ports/backups.ts'
import type { FileStorage, TemporaryFiles } from '../../ports/storage.ts'
import { connectionTo, withSettings } from '../database-connection.ts'
import { knownMigrations } from '../known-migrations.ts'
import { letServe } from '../database-roles.ts'
import { rowTypes } from '../database-types.ts'
import { readBackup } from './backup-file.ts'
import { type Guard, openGuard } from './guard.ts'
import { mergeMedia, mergeUsers, unwantedFiles } from './parts.ts'
import { putFile } from './put-file.ts'
import { assertNothingBuiltUpon, carryRows, replace } from './replace.ts'
import { assertKnown, createLoading, dropLeftovers, newSideName } from './side-schema.ts'
import type { Section } from './sections.ts'
import type { FileSection, TableSection } from './snapshot.ts'
import { ident, tablesOf } from './tables.ts'

export interface RestoreDeps {
  /** The URL of the serving role, with its search path. */
  url: string
  /** The URL of the role that owns the tables. */
  ownerUrl: string
  secret: string
  /** Where the backups are. */
  store: FileStorage
  /** Where the files of people are. */
  storage: FileStorage
  temporaryFiles: TemporaryFiles
  /** The keys of a file in the storage, by its name in the table `media`. */
  keysOf: (filename: string) => string[]
  log: Logger
  /** How long it takes at most until every instance has noticed that maintenance began, or that the log is another one. */
  noticedMs: number
  /** Told at once that maintenance begins or ends, as far as messages arrive. */
  announce: () => void
}

/** A process that is frozen in the middle of the switch must not keep the tables locked. */
const frozenMs = 15_000

/** Reads all of a backup and does nothing with it. @throws BackupRefused */
export async function checkBackup(
  { secret, store }: Pick<RestoreDeps, 'secret' | 'store'>,
  key: string,
  { report, signal }: Going,
): Promise<{ head: BackupHead; manifest: Manifest }> {
  let head: BackupHead | undefined
  let manifest: Manifest | undefined
  let done = 0
  for await (const section of readBackup(key, secret, store)) {
    if (section.head.section === 'head') assertKnown((head = section.head), knownMigrations())
    if (section.head.section === 'manifest') manifest = section.head
    for await (const _ of section.content) signal.throwIfAborted()
    await report(++done, 0)
  }
  return { head: head!, manifest: manifest! }
}

/** Puts a backup back. See docs/decisions/0015. */
export async function restoreBackup(deps: RestoreDeps, request: RestoreRequest): Promise<RestoreResult> {
  const guard = await openGuard(deps.ownerUrl)
  try {
    if (!(await guard.tryTake(goingOn.restore))) throw conflict('Another backup is being put back.')
    await guard.share(goingOn.keepFiles)
    const signal = AbortSignal.any([request.signal, guard.lost])
    return await guarded(deps, { ...request, signal }, guard)
  } finally {
    await guard.close()
    deps.announce()
  }
}

async function guarded(deps: RestoreDeps, request: RestoreRequest, guard: Guard): Promise<RestoreResult> {
  const { key, report, signal } = request
  const { head, manifest } = await checkBackup(deps, key, { report: async () => {}, signal })
  const isWhole = isWholeBackup(head)
  const total = manifest.tables.length + manifest.media.files
  const home = await findHome(deps.url)
  const side = newSideName()
  const sideUrl = withSettings(deps.ownerUrl, { search_path: ident(side) })
  const owner = new pg.Client(connectionTo(sideUrl, { idleInTransaction: frozenMs }))
  owner.on('error', () => {})
  await owner.connect()
  try {
    await dropLeftovers(owner)
    await owner.query(`create schema ${ident(side)}`).catch(explainRights)
    const { migrateSchema } = await import('../database-schema.ts')
    const migrateTo = (migrations?: string[]) => migrateSchema(sideUrl, side, deps.log, migrations)
    await migrateTo(head.migrations)
    const loaded = await load(deps, request, owner, { isWhole, total, home, side })
    await migrateTo()
    signal.throwIfAborted()
    if (isWhole) await assertNothingBuiltUpon(owner, home, side)

    await guard.tryTake(goingOn.maintenance)
    deps.announce()
    await sleep(deps.noticedMs, undefined, { signal })
    const merged = await switchOver(deps, request, { owner, home, side, head, manifest, guard })
    // Every instance has closed its sockets by then, and nobody comes back too early.
    await sleep(deps.noticedMs)
    await report(total, total)
    return { head, rows: merged?.rows ?? loaded.rows, files: loaded.files, skipped: merged?.skipped ?? 0 }
  } finally {
    // Only its own: when the guard was lost, another restore may run by now.
    await owner
      .query(`drop schema if exists ${ident(side)} cascade`)
      .catch(error => deps.log.warn({ err: error, side }, 'what a restore prepared is still there'))
    await owner.end().catch(() => {})
  }
}

/** A role that only serves may not make tables. */
function explainRights(error: Error & { code?: string }): never {
  if (error.code !== '42501') throw error
  throw new BackupRefused(
    'The role of the database may not make a schema. Set DATABASE_MIGRATION_URL to the role that owns the tables, ' +
      'and let it: grant create on database.',
  )
}

interface Extent {
  isWhole: boolean
  total: number
  home: string
  side: string
}

/** Loads the tables, and puts back the files that the storage lacks. */
async function load(deps: RestoreDeps, request: RestoreRequest, owner: pg.Client, extent: Extent) {
  const { isWhole, total, home, side } = extent
  const { key, report, signal } = request
  const loading = createLoading(owner, isWhole)
  await loading.begin()
  let done = 0
  let files = 0
  let unwanted: Set<string> | undefined
  const isWanted = async ({ head: { key: one } }: Section<FileSection>) => {
    // The rows come before the files.
    unwanted ??= new Set(isWhole ? [] : (await unwantedFiles(owner, home, side)).flatMap(deps.keysOf))
    return !unwanted.has(one)
  }
  for await (const section of readBackup(key, deps.secret, deps.store)) {
    signal.throwIfAborted()
    const { section: kind } = section.head
    if (kind === 'table') await loading.table(section as Section<TableSection>, signal)
    const file = kind === 'file' ? (section as Section<FileSection>) : null
    if (file && (await isWanted(file)) && (await putFile(deps, file))) files++
    if (section.head.section === 'manifest') await loading.finish(section.head)
    if (kind === 'table' || kind === 'file') await report(++done, total)
  }
  return { rows: loading.rows, files }
}

interface Switch {
  owner: pg.Client
  home: string
  side: string
  head: BackupHead
  manifest: Manifest
  guard: Guard
}

async function switchOver(deps: RestoreDeps, { replacing }: RestoreRequest, to: Switch) {
  const { owner, home, side, head, manifest, guard } = to
  const connection = (past: string): Replacing => ({
    past,
    query: async ({ text, values }) => (await owner.query({ text, values, types: rowTypes })).rows,
    carry: (table, where, options) => carryRows(owner, { home, past }, table, where, options),
  })
  if (isWholeBackup(head)) {
    await replace(owner, home, side, async past => {
      if (deps.url !== deps.ownerUrl) await letServe(owner, deps.url)
      await replacing(connection(past), { head, manifest })
      guard.lost.throwIfAborted()
    })
    return null
  }
  const tables = await tablesOf(owner, head.type)
  await owner.query(`begin; set local search_path = ${ident(home)}`)
  try {
    const merge = head.type === 'users' ? mergeUsers : mergeMedia
    const merged = await merge(owner, home, side, tables)
    await replacing(connection(home), { head, manifest })
    guard.lost.throwIfAborted()
    await owner.query('commit')
    return merged
  } catch (error) {
    await owner.query('rollback')
    throw error
  }
}

/**
 * The schema in which the server works.
 *
 * @throws BackupRefused when a newer release has migrated it: this one would put older tables in the place of newer ones
 */
async function findHome(url: string): Promise<string> {
  const client = new pg.Client(connectionTo(url))
  await client.connect()
  try {
    const { rows } = await client.query<{ schema: string; migrations: string[] }>(
      `select current_schema() as schema, array(select name::text from mikro_orm_migrations) as migrations`,
    )
    const { schema, migrations } = rows[0]!
    const known = knownMigrations()
    if (migrations.every(name => known.includes(name))) return schema
    throw new BackupRefused('The database is already that of a newer release. Restore with that one.')
  } finally {
    await client.end()
  }
}

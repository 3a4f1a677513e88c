import { createHash } from 'node:crypto'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import type { BackupType } from '../../../contract/index.ts'
import type { BackupHead, Going, Manifest } from '../../ports/backups.ts'
import type { FileStorage } from '../../ports/storage.ts'
import { connectionTo } from '../database-connection.ts'
import type { Section } from './sections.ts'
import { columnList, ident, sequencesOf, tablesOf } from './tables.ts'

export interface TableSection {
  section: 'table'
  name: string
  columns: string[]
}

export interface FileSection {
  section: 'file'
  key: string
  /** Of the content; null where the database does not know it. */
  sha256: string | null
}

export type BackupSection = BackupHead | TableSection | FileSection | Manifest

export interface SnapshotDeps {
  /** Of a role that may read every table, with its search path. */
  url: string
  release: string
  storage: FileStorage
  /** The keys of a file in the storage, by its name in the table `media`; the first one is that of the file itself. */
  keysOf: (filename: string) => string[]
}

const filesAtOnce = 200
/** Longer than the largest file takes: the snapshot of a frozen process must not hold up the vacuum for ever. */
const frozenMs = 900_000

/**
 * Everything that a backup has, as the database was at one moment: all of it is read in one transaction, whose snapshot
 * does not change. Writers are not held up.
 *
 * @param wrote called at the end with what was written
 */
export async function* snapshot(
  deps: SnapshotDeps,
  type: BackupType,
  { report, signal }: Going,
  wrote: (head: BackupHead, manifest: Manifest) => void,
): AsyncGenerator<Section<BackupSection>> {
  const client = new pg.Client(connectionTo(deps.url, { idleInTransaction: frozenMs }))
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    const head = await readHead(client, type, deps.release)
    const position = await client.query<{ epoch: string; offset: string }>('select epoch, last as offset from log_head')
    const tables = await tablesOf(client, type)
    const files = type === 'full' || type === 'media' ? await countFiles(client) : 0
    const total = tables.length + files
    let done = 0
    yield { head, content: nothing() }

    const written: Manifest['tables'] = []
    for (const table of tables) {
      signal.throwIfAborted()
      const stream = client.query(copyTo(`copy ${ident(table.name)} (${columnList(table.columns)}) to stdout`))
      const hash = createHash('sha256')
      yield { head: { section: 'table', ...table }, content: hashed(stream, hash, signal) }
      written.push({ name: table.name, rows: stream.rowCount, sha256: hash.digest('hex') })
      await report(++done, total)
    }

    const media = { files: 0, bytes: 0, damaged: [] as string[] }
    if (files > 0)
      for await (const { head: file, content } of filesOf(client, deps, signal)) {
        const hash = createHash('sha256')
        yield { head: file, content: hashed(sized(content, media), hash, signal) }
        if (file.sha256 !== null && file.sha256 !== hash.digest('hex')) media.damaged.push(file.key)
        media.files++
        await report(Math.min(++done, total), total)
      }
    const [{ epoch, offset }] = position.rows as [{ epoch: string; offset: string }]
    const manifest: Manifest = {
      section: 'manifest',
      epoch,
      offset: Number(offset),
      tables: written,
      media,
      sequences: await sequencesOf(client),
    }
    yield { head: manifest, content: nothing() }
    wrote(head, manifest)
  } finally {
    await client.end().catch(() => {})
  }
}

async function readHead(client: pg.Client, type: BackupType, release: string): Promise<BackupHead> {
  const { rows } = await client.query<{ at: Date; migrations: string[] }>(
    `select now() as at, array(select name::text from mikro_orm_migrations order by id) as migrations`,
  )
  const { at, migrations } = rows[0]!
  const schema = migrations.toSorted().at(-1)!
  return { section: 'head', type, created_at: at.toISOString(), schema, migrations, release }
}

async function countFiles(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: string }>('select count(*) + count(thumbnail_size) as count from media')
  return Number(rows[0]!.count)
}

/** The files that the snapshot names. One that the storage does not have is left out. */
async function* filesOf(
  client: pg.Client,
  { storage, keysOf }: SnapshotDeps,
  signal: AbortSignal,
): AsyncGenerator<Section<FileSection>> {
  await client.query('declare files no scroll cursor for select filename, sha256 from media order by id')
  for (;;) {
    const { rows } = await client.query<{ filename: string; sha256: string }>(`fetch ${filesAtOnce} from files`)
    if (rows.length === 0) return
    for (const { filename, sha256 } of rows)
      for (const [nth, key] of keysOf(filename).entries()) {
        signal.throwIfAborted()
        const content = await storage.open(key)
        if (content) yield { head: { section: 'file', key, sha256: nth === 0 ? sha256 : null }, content }
      }
  }
}

async function* nothing(): AsyncGenerator<Buffer> {}

async function* hashed(stream: AsyncIterable<Buffer>, hash: ReturnType<typeof createHash>, signal: AbortSignal) {
  for await (const chunk of stream) {
    signal.throwIfAborted()
    hash.update(chunk)
    yield chunk
  }
}

async function* sized(stream: AsyncIterable<Buffer>, media: { bytes: number }) {
  for await (const chunk of stream) {
    media.bytes += chunk.length
    yield chunk
  }
}

import type pg from 'pg'
import { BackupRefused } from '../../ports/backups.ts'
import { columnList, ident, type StoredTable } from './tables.ts'

/** What a part changes in the present tables: rows are added and set back, never removed, so nothing loses its hold. */
export interface Merged {
  rows: number
  /** Rows that were not put back, because what they belong to is not there any more, or is an erased person’s. */
  skipped: number
}

type Merge = (client: pg.Client, home: string, side: string, tables: readonly StoredTable[]) => Promise<Merged>

const of = (schema: string, table: string) => `${ident(schema)}.${ident(table)}`

/**
 * Whether somebody has erased themselves, or is about to be erased: nothing of theirs comes back, also when they are not
 * in the present data.
 */
const isErased = (home: string, side: string, id: string) =>
  `(exists (select from ${of(home, 'erasures')} e where e.user_id = ${id})
    or exists (select from ${of(home, 'users')} u where u.id = ${id} and u.erased_at is not null)
    or exists (select from ${of(home, 'absent_erasures')} a join ${of(side, 'users')} u
      on u.id = a.user_id and u.created_at = a.registered_at where a.user_id = ${id}))`

async function insert(
  client: pg.Client,
  home: string,
  side: string,
  { name, columns }: StoredTable,
  { where = 'true', conflict }: { where?: string; conflict: (columns: string) => string },
): Promise<number> {
  const sets = columns
    .filter(one => one !== 'id' && one !== 'user_id')
    .map(one => `${ident(one)} = excluded.${ident(one)}`)
  const { rowCount } = await client.query(
    `insert into ${of(home, name)} (${columnList(columns)}) overriding system value
    select ${columnList(columns)} from ${of(side, name)} b where ${where} on conflict ${conflict(sets.join(', '))}`,
  )
  return rowCount ?? 0
}

async function countRows(client: pg.Client, schema: string, { name }: StoredTable, where = 'true'): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from ${of(schema, name)} b where ${where}`,
  )
  return rows[0]!.count
}

/** Accounts as they were; those that came later stay, and erased ones stay erased. */
export const mergeUsers: Merge = async (client, home, side, tables) => {
  const { rows } = await client.query<{ names: string[]; count: number; others: number }>(
    `select (array_agg(b.username order by b.id))[1:5] as names, count(*)::int as count,
      count(*) filter (where p.id = b.id)::int as others
    from ${of(side, 'users')} b join ${of(home, 'users')} p on
      (p.id = b.id and p.created_at <> b.created_at) or (p.id <> b.id and not ${isErased(home, side, 'b.id')} and
        (lower(p.email collate "C") = lower(b.email collate "C") or lower(p.username collate "C") = lower(b.username collate "C")))`,
  )
  const [{ names, count, others }] = rows as [{ names: string[] | null; count: number; others: number }]
  if (others > 0) throw new BackupRefused('The backup is of another installation: its accounts are other people.')
  if (count > 0)
    throw new BackupRefused(
      `The e-mail or username of ${count} accounts of the backup belongs to somebody else now: ${names!.join(', ')}.`,
    )
  const merged: Merged = { rows: 0, skipped: 0 }
  for (const table of tables) {
    const key = table.name === 'users' ? 'id' : 'user_id'
    const all = await countRows(client, side, table)
    const done = await insert(client, home, side, table, {
      where: `not ${isErased(home, side, `b.${key}`)}`,
      conflict: sets => `(${key}) do update set ${sets}`,
    })
    merged.rows += done
    merged.skipped += all - done
  }
  return merged
}

/** A condition: no row of the present has this file. */
const isMissing = (home: string) =>
  `not exists (select from ${of(home, 'media')} m where m.id = b.id or m.filename = b.filename)`

/**
 * A condition: a missing file may come back. One of a project that is gone stays away, because without the project
 * everybody could see it, and so does one of an erased person.
 */
const mayReturn = (home: string, side: string) =>
  `exists (select from ${of(home, 'users')} u where u.id = b.uploaded_by) and not ${isErased(home, side, 'b.uploaded_by')}
    and (b.project_id is null or exists (select from ${of(home, 'projects')} p where p.id = b.project_id))`

/** The names of the files of a backup that do not come back, so that their content is not put into the storage either. */
export async function unwantedFiles(client: pg.Client, home: string, side: string): Promise<string[]> {
  const { rows } = await client.query<{ filename: string }>(
    `select filename from ${of(side, 'media')} b
    where not exists (select from ${of(home, 'media')} m where m.filename = b.filename)
      and not (${isMissing(home)} and ${mayReturn(home, side)})`,
  )
  return rows.map(({ filename }) => filename)
}

/** The rows of files that are not there, as far as these may return. A task that is gone leaves its file in the project. */
export const mergeMedia: Merge = async (client, home, side, [media]) => {
  await client.query(
    `update ${of(side, 'media')} b set task_id = null
    where task_id is not null and not exists (select from ${of(home, 'tasks')} t where t.id = b.task_id and t.project_id is not distinct from b.project_id)`,
  )
  const missing = await countRows(client, side, media!, isMissing(home))
  const done = await insert(client, home, side, media!, {
    where: `${isMissing(home)} and ${mayReturn(home, side)}`,
    conflict: () => 'do nothing',
  })
  return { rows: done, skipped: missing - done }
}

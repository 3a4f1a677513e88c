import sql, { type Sql } from 'sql-template-tag'
import type { Job } from '../../../contract/index.ts'
import type { Clauses } from '../../kernel/paging.ts'
import { type Connection, countOf } from '../../ports/database.ts'
import { columnsOf, type Row, valuesOf } from '../../ports/table.ts'
import { exportsTable } from './exports.table.ts'

/** An export with what its job says. */
export type ExportRow = Row<typeof exportsTable> &
  Pick<Job, 'id' | 'status' | 'error' | 'created_by' | 'created_at' | 'completed_at'>

const exportsWithJobs = sql`(
  select ${columnsOf(exportsTable, { from: 'e' })}, j.id, j.status, j.error, j.created_by, j.created_at, j.completed_at
  from exports e join jobs j on j.id = e.job_id) e`

export const insertExport = (
  tx: Connection,
  row: Pick<Row<typeof exportsTable>, 'job_id' | 'type' | 'format' | 'filters'>,
) => tx.query(sql`insert into exports ${valuesOf(exportsTable, row)}`)

export const findExport = async (db: Connection, id: number): Promise<ExportRow | undefined> => {
  const [row] = await db.query<ExportRow>(sql`select * from ${exportsWithJobs} where id = ${id}`)
  return row
}

export const listExports = (db: Connection, personId: number, { after, window }: Clauses) =>
  db.query<ExportRow>(sql`select * from ${exportsWithJobs} where created_by = ${personId} and ${after} ${window}`)

export const countExports = (db: Connection, personId: number): Promise<number> =>
  countOf(db, sql`select count(*) from ${exportsWithJobs} where created_by = ${personId}`)

type File = Pick<Row<typeof exportsTable>, 'as_admin' | 'file_key' | 'file_size' | 'sha256' | 'rows' | 'expires_at'>

export const keepFile = (tx: Connection, id: number, file: File) =>
  tx.query(sql`
    update exports set as_admin = ${file.as_admin}, file_key = ${file.file_key}, file_size = ${file.file_size},
      sha256 = ${file.sha256}, rows = ${file.rows}, expires_at = ${file.expires_at}
    where job_id = ${id}`)

/** Lets all files of a person expire but the newest ones. */
export const expireBeyond = (tx: Connection, personId: number, most: number, now: string) =>
  tx.query(sql`
    update exports set expires_at = ${now}::timestamptz where job_id in (
      select id from ${exportsWithJobs}
      where created_by = ${personId} and file_key is not null and expires_at > ${now}::timestamptz
      order by id desc offset ${most})`)

/** Lets every file expire: what was read before now may name a person who is erased now. */
export const expireAll = (tx: Connection, now: string) =>
  tx.query(sql`
    update exports set expires_at = ${now}::timestamptz where file_key is not null and expires_at > ${now}::timestamptz`)

/** Exports whose files nobody may get any more, and of jobs that ended in another way after the file was made. */
export const listExpired = (db: Connection, most: number) =>
  db.query<{ job_id: number; file_key: string }>(sql`
    select job_id, file_key from ${exportsWithJobs}
    where file_key is not null and (expires_at <= now() or status in ('failed', 'cancelled'))
    order by job_id limit ${most}`)

export const forgetFile = (db: Connection, key: string) =>
  db.query(sql`update exports set file_key = null where file_key = ${key}`)

/** Those of the keys that an export has. */
export const knownAmong = async (db: Connection, keys: readonly string[]): Promise<Set<string>> => {
  const some: Sql = sql`select file_key from exports where file_key = any(${keys}::text[])`
  return new Set((await db.query<{ file_key: string }>(some)).map(({ file_key }) => file_key))
}

/** The keys of all files of a person. */
export const keysOf = async (db: Connection, personId: number): Promise<string[]> =>
  (
    await db.query<{ file_key: string }>(sql`
      select file_key from ${exportsWithJobs} where created_by = ${personId} and file_key is not null`)
  ).map(({ file_key }) => file_key)

import sql, { type Sql } from 'sql-template-tag'
import { type Connection, countOf } from '../../ports/database.ts'
import { columnsOf, type Row, valuesOf } from '../../ports/table.ts'
import { mediaTable } from './media.table.ts'

export type MediaRow = Row<typeof mediaTable>

const columns = columnsOf(mediaTable, { from: 'm' })

export const insertMedia = async (tx: Connection, row: Omit<MediaRow, 'id' | 'version'>): Promise<MediaRow> => {
  const [inserted] = await tx.query<MediaRow>(sql`
    insert into media as m ${valuesOf(mediaTable, row)} returning ${columns}`)
  return inserted!
}

export const findMedia = async (db: Connection, id: number, readable: Sql): Promise<MediaRow | undefined> => {
  const [row] = await db.query<MediaRow>(sql`select ${columns} from media m where m.id = ${id} and ${readable}`)
  return row
}

export const filesOfTasks = (tx: Connection, taskIds: readonly number[]) =>
  tx.query<MediaRow>(sql`select ${columns} from media m where m.task_id = any(${taskIds}::bigint[]) order by m.id`)

export const projectOfMedia = async (tx: Connection, id: number, readable: Sql) => {
  const [row] = await tx.query<{ project_id: number | null }>(
    sql`select m.project_id from media m where m.id = ${id} and ${readable}`,
  )
  return row
}

/** Called after its project is locked. */
export const lockMedia = async (tx: Connection, id: number): Promise<MediaRow | undefined> => {
  const [row] = await tx.query<MediaRow>(sql`select ${columns} from media m where m.id = ${id} for update`)
  return row
}

/** The existing ones of these files, with their places; they stay until the end of the transaction. */
export const lockFiles = (tx: Connection, ids: readonly number[], readable: Sql) =>
  tx.query<{ id: number; project_id: number | null }>(
    sql`
      select m.id, m.project_id from media m where m.id = any(${ids}::bigint[]) and ${readable} order by m.id
      for key share`,
  )

export const deleteMedia = (tx: Connection, id: number) => tx.query(sql`delete from media where id = ${id}`)

export const listMedia = (db: Connection, where: Sql, window: Sql) =>
  db.query<MediaRow>(sql`select ${columns} from media m where ${where} ${window}`)

export const countMedia = (db: Connection, where: Sql): Promise<number> =>
  countOf(db, sql`select count(*) from media m where ${where}`)

export const usageOf = async (db: Connection, personId: number): Promise<{ bytes: number; files: number }> => {
  const [row] = await db.query<{ bytes: number; files: number }>(sql`
    select coalesce(sum(file_size), 0)::bigint as bytes, count(*) as files from media where uploaded_by = ${personId}`)
  return row!
}

/** Until the end of the transaction nobody else adds files of this person. */
export const lockUsage = (tx: Connection, personId: number) =>
  tx.query(sql`select pg_advisory_xact_lock(hashtextextended(${`media of ${personId}`}, 0))`)

/** The next file after this name that is to be removed and that nobody else has locked. */
export const lockRemoval = async (tx: Connection, after: string): Promise<string | undefined> => {
  const [row] = await tx.query<{ filename: string }>(sql`
    select filename from media_removals where filename > ${after} order by filename limit 1 for update skip locked`)
  return row?.filename
}

export const forgetRemoval = (db: Connection, filename: string) =>
  db.query(sql`delete from media_removals where filename = ${filename}`)

/** The names among these that no row has. */
export const unknownAmong = async (db: Connection, filenames: string[]): Promise<string[]> =>
  (
    await db.query<{ filename: string }>(sql`
      select filename from unnest(${filenames}::text[]) as given (filename)
      where not exists (select from media m where m.filename = given.filename)`)
  ).map(({ filename }) => filename)

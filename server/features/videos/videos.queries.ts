import sql, { type Sql } from 'sql-template-tag'
import type { Video, VideoBatch } from '../../../contract/index.ts'
import { type Connection, countOf } from '../../ports/database.ts'
import { assignmentsOf, columnsOf, valuesOf } from '../../ports/table.ts'
import type { KnownVideo } from './address.ts'
import { videosTable } from './videos.table.ts'

/** Videos are sent as they are stored. */
export const videoColumns = columnsOf(videosTable)

export const findVideo = async (db: Connection, id: number, readable: Sql): Promise<Video | undefined> => {
  const [row] = await db.query<Video>(sql`select ${videoColumns} from videos where id = ${id} and ${readable}`)
  return row
}

/** Called after their projects are locked. In the order of their ids. */
export const selectVideosForUpdate = (tx: Connection, ids: readonly number[], readable: Sql) =>
  tx.query<Video>(sql`
    select ${videoColumns} from videos where id = any(${ids}::bigint[]) and ${readable} order by id for no key update`)

export const listVideos = (db: Connection, where: Sql, window: Sql) =>
  db.query<Video>(sql`select ${videoColumns} from videos where ${where} ${window}`)

export const countVideos = (db: Connection, where: Sql): Promise<number> =>
  countOf(db, sql`select count(*) from videos where ${where}`)

export type NewRow = Omit<Video, 'id' | 'version' | 'created_at' | 'updated_at'>

export const insertVideo = async (tx: Connection, video: NewRow, now: string): Promise<Video> => {
  const [row] = await tx.query<Video>(sql`
    insert into videos ${valuesOf(videosTable, { ...video, created_at: now, updated_at: now })} returning ${videoColumns}`)
  return row!
}

export const updateVideo = async (tx: Connection, video: Video, now: string): Promise<Video> => {
  const [row] = await tx.query<Video>(sql`
    update videos set title = ${video.title}, description = ${video.description}, provider = ${video.provider},
      provider_id = ${video.provider_id}, url = ${video.url}, thumbnail_url = ${video.thumbnail_url},
      duration_seconds = ${video.duration_seconds}, author_name = ${video.author_name},
      tags = ${video.tags}::text[], visibility = ${video.visibility}, version = version + 1,
      updated_at = greatest(updated_at, ${now})
    where id = ${video.id} returning ${videoColumns}`)
  return row!
}

/** Sets the same values in many videos; in the order of their ids. */
export const updateVideos = async (
  tx: Connection,
  ids: readonly number[],
  changes: VideoBatch,
  now: string,
): Promise<Video[]> => {
  const rows = await tx.query<Video>(sql`
    update videos set ${assignmentsOf(videosTable, changes)}, version = version + 1,
      updated_at = greatest(updated_at, ${now})
    where id = any(${ids}::bigint[]) returning ${videoColumns}`)
  return rows.toSorted((a, b) => a.id - b.id)
}

/** The oldest video of a provider that a person sees in a project, or in none. */
export const findInLibrary = async (
  db: Connection,
  { provider, id }: KnownVideo,
  projectId: number | null,
  readable: Sql,
): Promise<number | undefined> => {
  const [row] = await db.query<{ id: number }>(sql`
    select id from videos
    where provider = ${provider} and provider_id = ${id} and project_id is not distinct from ${projectId}::bigint
      and ${readable}
    order by id limit 1`)
  return row?.id
}

/** Until the end of the transaction nobody else imports this video there. */
export const lockInLibrary = (tx: Connection, { provider, id }: KnownVideo, projectId: number | null) =>
  tx.query(
    sql`select pg_advisory_xact_lock(hashtextextended(${`video ${provider} ${id} in ${projectId ?? 'none'}`}, 0))`,
  )

export const deleteVideo = (tx: Connection, id: number) => tx.query(sql`delete from videos where id = ${id}`)

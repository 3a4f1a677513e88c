import sql, { type Sql } from 'sql-template-tag'
import type { Post } from '../../../contract/index.ts'
import { type Connection, countOf } from '../../ports/database.ts'
import { columnsOf } from '../../ports/table.ts'
import { lockSlug, onlyOne, retryTakenSlug, shownSlug, storedSlug } from '../projects/index.ts'
import { postsTable } from './posts.table.ts'

/** Posts are sent as they are stored, except for the slug. */
export const postColumns = columnsOf(postsTable, { instead: { slug: shownSlug() } })

/** By id or slug; a slug is never all digits. */
const matches = (ref: string): Sql => {
  if (!/^\d+$/.test(ref)) return sql`${shownSlug()} = ${ref}`
  return ref.length < 16 ? sql`id = ${Number(ref)}` : sql`false`
}

/** @throws AppError `conflict` when several that are readable have this slug */
export const findPost = async (db: Connection, ref: string, readable: Sql): Promise<Post | undefined> =>
  onlyOne(await db.query<Post>(sql`select ${postColumns} from posts where ${matches(ref)} and ${readable}`))

/** Called first, to know what has to be locked before the post. @throws AppError `conflict`, like `findPost` */
export const placeOfPost = async (tx: Connection, ref: string, readable: Sql) =>
  onlyOne(
    await tx.query<{ id: number; project_id: number | null }>(
      sql`select id, project_id from posts where ${matches(ref)} and ${readable}`,
    ),
  )

/** Called after its project is locked. */
export const selectPostForUpdate = async (tx: Connection, id: number, readable: Sql): Promise<Post | undefined> => {
  const [row] = await tx.query<Post>(
    sql`select ${postColumns} from posts where id = ${id} and ${readable} for no key update`,
  )
  return row
}

export const listPosts = (db: Connection, where: Sql, window: Sql) =>
  db.query<Post>(sql`select ${postColumns} from posts where ${where} ${window}`)

export const countPosts = (db: Connection, where: Sql): Promise<number> =>
  countOf(db, sql`select count(*) from posts where ${where}`)

/** Undefined when a readable post has the slug. */
export const insertPost = async (
  tx: Connection,
  post: Omit<Post, 'id' | 'version' | 'created_at' | 'updated_at'>,
  readable: Sql,
  now: string,
): Promise<Post | undefined> => {
  const insert = sql`
    insert into posts (slug, title, body, status, cover_media_id, media_ids, author_id, project_id, published_at,
      created_at, updated_at)
    select ${storedSlug('posts', post.slug)}, ${post.title}, ${post.body}, ${post.status},
      ${post.cover_media_id}::bigint, ${post.media_ids}::bigint[], ${post.author_id}::bigint,
      ${post.project_id}::bigint, ${post.published_at}::timestamptz, ${now}::timestamptz, ${now}::timestamptz
    where not exists (select from posts where ${matches(post.slug)} and ${readable})
    returning ${postColumns}`
  const [, [row]] = await Promise.all([lockSlug(tx, 'posts', post.slug), tx.query<Post>(insert)]).catch(retryTakenSlug)
  return row
}

export const updatePost = async (tx: Connection, post: Post, now: string): Promise<Post> => {
  const update = sql`
    update posts set
      slug = case when ${shownSlug()} = ${post.slug} then slug else ${storedSlug('posts', post.slug)} end, title = ${post.title}, body = ${post.body}, status = ${post.status},
      cover_media_id = ${post.cover_media_id}, media_ids = ${post.media_ids}::bigint[],
      published_at = ${post.published_at}, version = version + 1, updated_at = greatest(updated_at, ${now})
    where id = ${post.id} returning ${postColumns}`
  const [row] = await tx.query<Post>(update).catch(retryTakenSlug)
  return row!
}

export const deletePost = (tx: Connection, id: number) => tx.query(sql`delete from posts where id = ${id}`)

/** The posts that refer to a file, locked in the order of their ids. */
export const selectPostsForUpdate = (tx: Connection, mediaId: number, most: number) =>
  tx.query<Post>(sql`
    select ${postColumns} from posts where cover_media_id = ${mediaId} or media_ids @> array[${mediaId}]::bigint[]
    order by id limit ${most} for no key update`)

/** Removes a file from posts, which get a new version; returns them in the order of their ids. */
export const takeOut = async (tx: Connection, ids: readonly number[], mediaId: number, now: string): Promise<Post[]> =>
  (
    await tx.query<Post>(sql`
      update posts set cover_media_id = nullif(cover_media_id, ${mediaId}::bigint),
        media_ids = array_remove(media_ids, ${mediaId}::bigint), version = version + 1,
        updated_at = greatest(updated_at, ${now})
      where id = any(${ids}::bigint[]) returning ${postColumns}`)
  ).toSorted((a, b) => a.id - b.id)

import sql, { raw, type Sql } from 'sql-template-tag'
import type { Post } from '../../../contract/index.ts'
import { type Connection, countOf } from '../../kernel/database.ts'

/** A post is shown as it is stored. */
const columns = raw(
  'id, slug, title, body, status, cover_media_id, media_ids, author_id, project_id, published_at, version, created_at, updated_at',
)

/** By id or slug; a slug is never all digits. */
const matches = (ref: string): Sql => {
  if (!/^\d+$/.test(ref)) return sql`slug = ${ref}`
  return ref.length < 16 ? sql`id = ${Number(ref)}` : sql`false`
}

export const findPost = async (db: Connection, ref: string, readable: Sql): Promise<Post | undefined> => {
  const [row] = await db.query<Post>(sql`select ${columns} from posts where ${matches(ref)} and ${readable}`)
  return row
}

/** Asked first, to know what has to be locked before the post. */
export const placeOfPost = async (tx: Connection, ref: string) => {
  const [row] = await tx.query<{ id: number; project_id: number | null }>(
    sql`select id, project_id from posts where ${matches(ref)}`,
  )
  return row
}

/** Asked after its project is held. */
export const lockPost = async (tx: Connection, id: number): Promise<Post | undefined> => {
  const [row] = await tx.query<Post>(sql`select ${columns} from posts where id = ${id} for no key update`)
  return row
}

export const listPosts = (db: Connection, where: Sql, window: Sql) =>
  db.query<Post>(sql`select ${columns} from posts where ${where} ${window}`)

export const countPosts = (db: Connection, where: Sql): Promise<number> =>
  countOf(db, sql`select count(*) from posts where ${where}`)

/** Undefined when the slug is taken. */
export const insertPost = async (
  tx: Connection,
  post: Omit<Post, 'id' | 'version' | 'created_at' | 'updated_at'>,
  now: string,
): Promise<Post | undefined> => {
  const [row] = await tx.query<Post>(sql`
    insert into posts (slug, title, body, status, cover_media_id, media_ids, author_id, project_id, published_at,
      created_at, updated_at)
    values (${post.slug}, ${post.title}, ${post.body}, ${post.status}, ${post.cover_media_id},
      ${post.media_ids}::bigint[], ${post.author_id}, ${post.project_id}, ${post.published_at}, ${now}, ${now})
    on conflict on constraint posts_slug_key do nothing returning ${columns}`)
  return row
}

export const updatePost = async (tx: Connection, post: Post, now: string): Promise<Post> => {
  const [row] = await tx.query<Post>(sql`
    update posts set slug = ${post.slug}, title = ${post.title}, body = ${post.body}, status = ${post.status},
      cover_media_id = ${post.cover_media_id}, media_ids = ${post.media_ids}::bigint[],
      published_at = ${post.published_at}, version = version + 1, updated_at = greatest(updated_at, ${now})
    where id = ${post.id} returning ${columns}`)
  return row!
}

export const deletePost = (tx: Connection, id: number) => tx.query(sql`delete from posts where id = ${id}`)

/** Posts that refer to a file, locked in the order of their ids. */
export const lockPostsWith = (tx: Connection, mediaId: number, most: number) =>
  tx.query<Post>(sql`
    select ${columns} from posts where cover_media_id = ${mediaId} or media_ids @> array[${mediaId}]::bigint[]
    order by id limit ${most} for no key update`)

/** Takes a file out of posts, which have a new version then; in the order of their ids. */
export const takeOut = async (tx: Connection, ids: readonly number[], mediaId: number, now: string): Promise<Post[]> =>
  (
    await tx.query<Post>(sql`
      update posts set cover_media_id = nullif(cover_media_id, ${mediaId}::bigint),
        media_ids = array_remove(media_ids, ${mediaId}::bigint), version = version + 1,
        updated_at = greatest(updated_at, ${now})
      where id = any(${ids}::bigint[]) returning ${columns}`)
  ).toSorted((a, b) => a.id - b.id)

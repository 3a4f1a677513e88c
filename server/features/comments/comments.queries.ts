import sql from 'sql-template-tag'
import type { Comment } from '../../../contract/index.ts'
import { type Connection, countOf } from '../../ports/database.ts'
import type { Clauses } from '../../kernel/paging.ts'
import { columnsOf, valuesOf } from '../../ports/table.ts'
import { commentsTable } from './comments.table.ts'

/** Comments are sent as they are stored. */
const columns = columnsOf(commentsTable)

export const listComments = (db: Connection, taskId: number, { after, window }: Clauses) =>
  db.query<Comment>(sql`select ${columns} from comments where task_id = ${taskId} and ${after} ${window}`)

export const countComments = (db: Connection, taskId: number): Promise<number> =>
  countOf(db, sql`select count(*) from comments where task_id = ${taskId}`)

export const taskOfComment = async (db: Connection, id: number): Promise<number | undefined> => {
  const [row] = await db.query<{ task_id: number }>(sql`select task_id from comments where id = ${id}`)
  return row?.task_id
}

/** Called after the task is locked, because writes to its comments lock the task first. */
export const selectCommentForUpdate = async (tx: Connection, id: number): Promise<Comment | undefined> => {
  const [row] = await tx.query<Comment>(sql`select ${columns} from comments where id = ${id} for update`)
  return row
}

export const insertComment = async (
  tx: Connection,
  comment: Pick<Comment, 'task_id' | 'body' | 'author_id' | 'mentions'>,
  now: string,
): Promise<Comment> => {
  const [row] = await tx.query<Comment>(sql`
    insert into comments ${valuesOf(commentsTable, { ...comment, created_at: now, updated_at: now })}
    returning ${columns}`)
  return row!
}

export const updateComment = async (
  tx: Connection,
  { id, body, mentions }: Pick<Comment, 'id' | 'body' | 'mentions'>,
  now: string,
): Promise<Comment> => {
  const [row] = await tx.query<Comment>(sql`
    update comments set body = ${body}, mentions = ${mentions}::bigint[], version = version + 1,
      updated_at = greatest(updated_at, ${now})
    where id = ${id} returning ${columns}`)
  return row!
}

export const deleteComment = (tx: Connection, id: number) => tx.query(sql`delete from comments where id = ${id}`)

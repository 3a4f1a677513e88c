import sql from 'sql-template-tag'
import type { Comment } from '../../../contract/index.ts'
import { inProject, type Tx } from '../../events/index.ts'
import type { Scope } from '../../kernel/scope.ts'
import { columnsOf } from '../../ports/table.ts'
import { lockTask } from '../tasks/index.ts'
import { selectCommentForUpdate, updateComment } from './comments.queries.ts'
import { commentsTable } from './comments.table.ts'

const most = 50

/** The user name after an `@`, and not the beginning of a longer one. A regular expression, also of PostgreSQL. */
export const mentionPattern = (username: string): string =>
  `@${username.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&')}(?![A-Za-z0-9_.-]*[A-Za-z0-9_])`

/**
 * Replaces the name of a person where others mention them, in some comments after an id.
 *
 * @returns the id of the last of these comments; null after the last one
 */
export async function unmentionSome(
  tx: Tx,
  scope: Scope,
  { username, instead, after }: { username: string; instead: string; after: number },
): Promise<number | null> {
  const { id: personId } = scope.person
  const found = await tx.query<Comment>(sql`
    select ${columnsOf(commentsTable)} from comments
    where id > ${after} and (mentions @> array[${personId}]::bigint[]
      or strpos(lower(body), ${`@${username.toLowerCase()}`}) > 0)
    order by id limit ${most}`)
  const everywhere: Scope = { ...scope, person: { ...scope.person, role: 'admin' } }
  for (const { id, task_id } of found) {
    const { task } = await lockTask(tx, everywhere, task_id)
    const comment = await selectCommentForUpdate(tx, id)
    if (!comment) continue
    const body = comment.body.replace(new RegExp(mentionPattern(username), 'gi'), instead)
    const mentions = comment.mentions.filter(one => one !== personId)
    if (body === comment.body && mentions.length === comment.mentions.length) continue
    const row = await updateComment(tx, { id, body, mentions }, tx.now)
    tx.record(
      'comment_updated',
      { comment_id: id, task_id, comment: row, updated_by: personId, changed: ['body', 'mentions'] },
      inProject(task.project_id),
    )
  }
  return found.length < most ? null : found.at(-1)!.id
}

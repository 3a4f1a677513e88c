import sql from 'sql-template-tag'
import type { Comment, comments } from '../../../contract/index.ts'
import { type Command, inProject, type Tx } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Database } from '../../ports/database.ts'
import { assertCan } from '../../kernel/can.ts'
import { notFound, versionConflict } from '../../kernel/errors.ts'
import { orderFor, pageOf, type Sortable } from '../../kernel/paging.ts'
import { isStale, type Scope } from '../../kernel/scope.ts'
import { findPeopleByUsername } from '../accounts/index.ts'
import { notify, notifiedOfMention } from '../notifications/index.ts'
import { readersAmong, type SeenProject } from '../projects/index.ts'
import { findReadableTask, lockTask, type TaskRow } from '../tasks/index.ts'
import { changeComment, writeComment } from './comments.policy.ts'
import * as queries from './comments.queries.ts'
import { mentionedIn } from './mentions.ts'

/** Comments on tasks: written by everyone in the project, changed by their authors and by moderators. */
export function createComments({
  database,
  command,
}: {
  database: Database
  command: Command
}): Handlers<typeof comments> {
  /** Locks the comment and its task, in the usual order, and checks that the caller may change it. */
  async function lockComment(tx: Tx, scope: Scope, id: number) {
    const taskId = await queries.taskOfComment(tx, id)
    if (taskId === undefined) throw notFound()
    const held = await lockCommented(tx, scope, taskId)
    const comment = await queries.selectCommentForUpdate(tx, id)
    if (!comment) throw notFound()
    assertCan(scope, changeComment, { comment, project: held.project })
    if (isStale(scope, comment.version)) throw versionConflict(comment)
    return { ...held, comment }
  }

  return {
    list: async (scope, { id, sort, ...page }) => {
      await findReadableTask(database, scope, id)
      return pageOf(
        page,
        [id, sort],
        orderFor(columns, sort),
        clauses => queries.listComments(database.reads, id, clauses),
        () => queries.countComments(database.reads, id),
      )
    },

    create: (scope, { id, body }) =>
      command(scope, async tx => {
        const { task, project } = await lockCommented(tx, scope, id)
        const mentions = await mentionsIn(tx, task, body)
        const given = { task_id: id, body, author_id: scope.person.id, mentions }
        const comment = await queries.insertComment(tx, given, tx.now)
        tx.record(
          'comment_created',
          { comment, task_id: id, created_by: scope.person.id },
          inProject(task.project_id),
          entryOf(comment, task),
        )
        await notifyMentioned(tx, scope, comment, task, project, mentions)
        return comment
      }),

    update: (scope, { id, body }) =>
      command(scope, async tx => {
        const { comment, task, project } = await lockComment(tx, scope, id)
        if (body === undefined || body === comment.body) return comment
        const mentions = await mentionsIn(tx, task, body)
        const row = await queries.updateComment(tx, { id, body, mentions }, tx.now)
        const changed = String(mentions) === String(comment.mentions) ? ['body'] : ['body', 'mentions']
        tx.record(
          'comment_updated',
          { comment_id: id, task_id: task.id, comment: row, updated_by: scope.person.id, changed },
          inProject(task.project_id),
          entryOf(row, task),
        )
        const added = mentions.filter(one => !comment.mentions.includes(one))
        // A name that was removed and added again.
        const notified = added.length > 0 ? await notifiedOfMention(tx, id, added) : new Set()
        const fresh = added.filter(one => !notified.has(one))
        await notifyMentioned(tx, scope, row, task, project, fresh)
        return row
      }),

    delete: (scope, { id }) =>
      command(scope, async tx => {
        const { comment, task } = await lockComment(tx, scope, id)
        await queries.deleteComment(tx, id)
        tx.record(
          'comment_deleted',
          { comment_id: id, task_id: task.id, version: comment.version + 1, deleted_by: scope.person.id },
          inProject(task.project_id),
          entryOf(comment, task),
        )
      }),
  }
}

/** The task of a comment that is written or changed. @throws AppError `not_found`, `forbidden`, `conflict` */
async function lockCommented(tx: Tx, scope: Scope, taskId: number) {
  // The version that the caller expects belongs to the comment, not to the task.
  const { expected: _, ...anyVersion } = scope
  const { task, project } = await lockTask(tx, anyVersion, taskId)
  assertCan(scope, writeComment, project)
  return { task, project }
}

/** Of the people that a text mentions, those who may read the task; the others are not notified. */
async function mentionsIn(tx: Tx, task: TaskRow, body: string): Promise<number[]> {
  const names = mentionedIn(body)
  if (names.length === 0) return []
  const people = await findPeopleByUsername(tx, names)
  const readers = await readersAmong(
    tx,
    task.project_id,
    people.map(({ id }) => id),
  )
  return [...readers].toSorted((a, b) => a - b)
}

const notifyMentioned = (
  tx: Tx,
  { person }: Scope,
  comment: Comment,
  task: TaskRow,
  project: SeenProject | null,
  people: number[],
) =>
  notify(
    tx,
    person.id,
    people.map(userId => ({
      userId,
      type: 'mention' as const,
      message: `${person.name} mentioned you in “${task.title}”`,
      data: { task_id: task.id, comment_id: comment.id, project: project?.slug ?? null, by: person.id },
    })),
  )

const entryOf = (comment: Comment, task: TaskRow) => ({
  projectId: task.project_id,
  taskId: task.id,
  subject: { type: 'comment' as const, id: comment.id, title: task.title },
})

const columns: Record<'created_at', Sortable> = { created_at: { column: sql`created_at`, type: 'timestamptz' } }

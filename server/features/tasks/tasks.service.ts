import type { tasks, TaskUpdates } from '../../../contract/index.ts'
import { inProject, type Tx } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { ConstraintError, RetryableError } from '../../ports/database.ts'
import { assertCan } from '../../kernel/can.ts'
import { invalid } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { editIn, lockProject, matchesRef } from '../projects/index.ts'
import { assertAssignable, changedFields, differing, recordUpdate, rowChanges, targetProject } from './tasks.changes.ts'
import { entryOf } from './tasks.activity.ts'
import { findReadableTask } from './tasks.find.ts'
import { lockTask } from './tasks.lock.ts'
import type { TaskDeps } from './tasks.deps.ts'
import { placeAt } from './tasks.place.ts'
import { present, priorityRank } from './tasks.present.ts'
import { notifyAssignee } from './tasks.notices.ts'
import { deleteTasks, insertTask, updateTasks } from './tasks.queries.ts'

type Operations = Pick<Handlers<typeof tasks>, 'create' | 'get' | 'update' | 'replace' | 'delete'>

/** Operations on one task at a time. */
export function createTaskService({ database, command, recordFollowing }: TaskDeps): Operations {
  const change = (scope: Scope, id: number, { before_id, after_id, ...updates }: TaskUpdates) =>
    command(scope, async tx => {
      const held = await lockTask(tx, scope, id, updates.project)
      const { task, project } = held
      assertCan(scope, editIn, project)
      const target =
        updates.project === undefined
          ? project
          : targetProject(updates.project === null ? null : held.projectBy(updates.project), scope, updates.project)

      const changes = differing(task, rowChanges(updates, target))
      const moved = changes.project_id !== undefined
      if (moved || changes.assignee_id !== undefined) {
        const field = updates.assignee_id === undefined ? 'project' : 'assignee_id'
        await assertAssignable(
          tx,
          target?.id ?? null,
          changes.assignee_id ?? (updates.assignee_id === null ? null : task.assignee_id),
          field,
        )
      }
      if (before_id !== undefined || after_id !== undefined) {
        const position = await placeAt(tx, scope, { before_id, after_id }, task)
        if (position !== task.position) changes.position = position
      }
      if (Object.keys(changes).length === 0) return present(task, project?.slug ?? null)

      const [row] = await updateTasks(tx, [id], changes, scope.person.id, tx.now)
      const changed = changedFields(changes, task, row!)
      const updated = recordUpdate(tx, scope, task, row!, target?.slug ?? null, changed)
      if (moved) await recordFollowing(tx, scope, new Map([[id, task.project_id]]))
      await notifyAssignee(tx, scope, updated, task.assignee_id)
      return updated
    })

  return {
    create: (scope, { project: ref, priority, before_id, after_id, ...fields }) =>
      command(scope, async tx => {
        const created = {
          ...fields,
          priority: priorityRank(priority),
          completed_at: fields.status === 'done' ? tx.now : null,
          created_by: scope.person.id,
        }
        // The row is sent together with the locks that decide whether the caller may insert it; otherwise it is rolled
        // back.
        const [project, inserted] = await Promise.allSettled([
          lockTarget(tx, scope, ref),
          insertTask(tx, created, ref === null ? null : matchesRef(ref, scope.person), tx.now),
        ])
        if (project.status === 'rejected') throw project.reason
        if (inserted.status === 'rejected') throw explain(inserted.reason)
        let row = inserted.value
        if (row.project_id !== (project.value?.id ?? null))
          throw new RetryableError('another project of this slug came into sight meanwhile')
        await assertAssignable(tx, row.project_id, row.assignee_id, 'assignee_id')
        if (before_id !== undefined || after_id !== undefined) {
          row = { ...row, position: await placeAt(tx, scope, { before_id, after_id }, row) }
          await tx.query({ text: 'update tasks set sort_key = $2 where id = $1', values: [row.id, row.position] })
        }
        const task = present(row, project.value?.slug ?? null)
        tx.record('task_created', { task, created_by: scope.person.id }, inProject(row.project_id), entryOf(row))
        await notifyAssignee(tx, scope, task, null)
        return task
      }),

    get: async (scope, { id }) => {
      const task = await findReadableTask(database, scope, id)
      return present(task, task.project)
    },

    update: (scope, { id, ...updates }) => change(scope, id, updates),
    replace: (scope, { id, ...whole }) => change(scope, id, whole),

    delete: (scope, { id }) =>
      command(scope, async tx => {
        const { task, project } = await lockTask(tx, scope, id)
        assertCan(scope, editIn, project)
        await deleteTasks(tx, [id])
        const deleted = { task_id: id, version: task.version + 1, deleted_by: scope.person.id }
        tx.record('task_deleted', deleted, inProject(task.project_id), entryOf(task))
      }),
  }
}

async function lockTarget(tx: Tx, scope: Scope, ref: string | null) {
  if (ref === null) return null
  return targetProject((await lockProject(tx, scope, ref)) ?? null, scope, ref)
}

const explain = (error: unknown) =>
  error instanceof ConstraintError && error.constraint === 'tasks_assignee_id_fkey'
    ? invalid({ assignee_id: 'the assignee is not a person who can see the task' })
    : error

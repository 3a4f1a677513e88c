import type { BulkFailure, tasks } from '../../../contract/index.ts'
import { inProject } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { refusalOf } from '../../kernel/can.ts'
import { type AppError, invalid, notFound } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { editIn, readersAmong } from '../projects/index.ts'
import { entryOf } from './tasks.activity.ts'
import { changedFields, differing, recordRemoval, rowChanges, targetProject } from './tasks.changes.ts'
import { type LockedTasks, lockTasks } from './tasks.lock.ts'
import type { TaskDeps } from './tasks.deps.ts'
import { present } from './tasks.present.ts'
import { firstPortion, tooMuchText } from './tasks.portion.ts'
import { deleteTasks, type TaskRow, updateTasks } from './tasks.queries.ts'

type Operations = Pick<Handlers<typeof tasks>, 'bulkUpdate' | 'bulkDelete'>

/**
 * Changes many tasks in one command, with the same number of statements for one and for a thousand. A task that cannot
 * be changed is reported with its reason, and the others are changed. When there is more text than one command may
 * change, the rest is left to another call.
 */
export function createTaskBulk({ command, recordFollowing }: TaskDeps): Operations {
  return {
    bulkUpdate: (scope, { task_ids, updates }) =>
      command(scope, async tx => {
        const ids = [...new Set(task_ids)]
        const { portion, beyond } = await firstPortion(tx, scope, ids)
        const failures: Failures = new Map(beyond.map(id => [id, tooMuchText()]))
        // What the events need of the text comes back from the update.
        const held = await lockTasks(tx, scope, portion, { target: updates.project, withText: false })
        const target = updates.project
          ? targetProject(held.projectBy(updates.project, 'updates.project'), scope, updates.project, 'updates.project')
          : null
        const allowed = sort(portion, held, scope, failures)

        const wanted = rowChanges(updates, target)
        const fit = await keepReadable(
          allowed,
          wanted,
          people => readersAmong(tx, wanted.project_id ?? null, people),
          failures,
        )
        const differ = fit.filter(task => Object.keys(differing(task, wanted)).length > 0)
        const before = new Map(differ.map(task => [task.id, task]))
        const rows =
          differ.length === 0 ? [] : await updateTasks(tx, [...before.keys()], wanted, scope.person.id, tx.now)

        tx.asBulk()
        for (const row of rows) recordRemoval(tx, scope, before.get(row.id)!, row)
        for (const row of rows) {
          const old = before.get(row.id)!
          const slug = (updates.project === undefined ? held.projectOf(row) : target)?.slug ?? null
          const changed = changedFields(differing(old, wanted), old, row)
          tx.record(
            'task_updated',
            { task_id: row.id, task: present(row, slug), updated_by: scope.person.id, changed },
            inProject(row.project_id),
            entryOf(row, old, changed),
          )
        }
        const moved = differ.filter(task => wanted.project_id !== undefined && task.project_id !== wanted.project_id)
        await recordFollowing(tx, scope, new Map(moved.map(task => [task.id, task.project_id])))
        return { updated_count: fit.length, failed_updates: inOrder(ids, failures) }
      }),

    bulkDelete: (scope, { task_ids }) =>
      command(scope, async tx => {
        const ids = [...new Set(task_ids)]
        const failures: Failures = new Map()
        const held = await lockTasks(tx, scope, ids, { withText: false })
        const allowed = sort(ids, held, scope, failures)
        if (allowed.length > 0)
          await deleteTasks(
            tx,
            allowed.map(({ id }) => id),
          )
        tx.asBulk()
        for (const task of allowed) {
          tx.record(
            'task_deleted',
            { task_id: task.id, version: task.version + 1, deleted_by: scope.person.id },
            inProject(task.project_id),
            entryOf(task),
          )
        }
        return { deleted_count: allowed.length, failed_deletes: inOrder(ids, failures) }
      }),
  }
}

type Failures = Map<number, AppError>

/** The tasks that the caller may change; the reasons for the others are added to `failures`. */
function sort(ids: number[], held: LockedTasks, scope: Scope, failures: Failures): TaskRow[] {
  const found = new Map(held.tasks.map(task => [task.id, task]))
  const allowed: TaskRow[] = []
  for (const id of ids) {
    const task = found.get(id)
    const reason = task ? refusalOf(scope, editIn, held.projectOf(task)) : notFound()
    if (reason) failures.set(id, reason)
    else allowed.push(task!)
  }
  return allowed
}

/** A task does not move to a project that its assignee cannot read. */
async function keepReadable(
  tasks: TaskRow[],
  { project_id }: Partial<TaskRow>,
  readers: (people: number[]) => Promise<Set<number>>,
  failures: Failures,
): Promise<TaskRow[]> {
  const moving = (task: TaskRow) =>
    project_id !== undefined && task.project_id !== project_id && task.assignee_id !== null
  const people = [...new Set(tasks.filter(moving).map(task => task.assignee_id!))]
  if (people.length === 0) return tasks
  const fine = await readers(people)
  return tasks.filter(task => {
    if (!moving(task) || fine.has(task.assignee_id!)) return true
    failures.set(task.id, invalid({ project: 'the assignee is not a person who can see the task' }))
    return false
  })
}

const inOrder = (ids: number[], failures: Failures): BulkFailure[] =>
  ids.flatMap(id => {
    const failure = failures.get(id)
    return failure
      ? [{ task_id: id, code: failure.code, message: Object.values(failure.fields ?? {})[0]?.[0] ?? failure.message }]
      : []
  })

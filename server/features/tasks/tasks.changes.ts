import type { TaskUpdates } from '../../../contract/index.ts'
import { inProject, type Tx } from '../../events/index.ts'
import { assertCan, can } from '../../kernel/can.ts'
import { given } from '../../kernel/changes.ts'
import { invalid } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { editProject, readersAmong, readProject, type SeenProject } from '../projects/index.ts'
import { entryOf } from './tasks.activity.ts'
import { present, priorityRank } from './tasks.present.ts'
import type { TaskRow } from './tasks.queries.ts'

export type RowChanges = Partial<
  Pick<
    TaskRow,
    | 'title'
    | 'description'
    | 'status'
    | 'priority'
    | 'category'
    | 'assignee_id'
    | 'due_date'
    | 'project_id'
    | 'position'
  >
>

/**
 * The columns that a caller's updates set. The project is passed as the one that was found by the caller's reference.
 */
export function rowChanges(
  updates: Omit<TaskUpdates, 'before_id' | 'after_id'>,
  project: SeenProject | null,
): RowChanges {
  const { project: ref, priority, ...same } = updates
  const changes: RowChanges = { ...same } as RowChanges
  if (priority !== undefined) changes.priority = priorityRank(priority)
  if (ref !== undefined) changes.project_id = project?.id ?? null
  return given(changes)
}

/** Only the fields that differ from the present values. A write that changes nothing makes no version and no event. */
export const differing = (row: TaskRow, changes: RowChanges): RowChanges =>
  Object.fromEntries(Object.entries(changes).filter(([column, value]) => row[column as keyof TaskRow] !== value))

/**
 * The project that a write names as the destination of tasks.
 *
 * @throws AppError `validation_error` on `field` when the caller may not see it, `forbidden`, `conflict` when
 *   archived
 */
export function targetProject(
  project: SeenProject | null,
  scope: Scope,
  ref: string | null,
  field = 'project',
): SeenProject | null {
  if (ref === null) return null
  if (!project || !can(scope, readProject, project)) throw invalid({ [field]: 'is not a project that you can see' })
  assertCan(scope, editProject, project)
  return project
}

/** @throws AppError `validation_error` on `field` */
export async function assertAssignable(
  tx: Tx,
  projectId: number | null,
  assignee: number | null,
  field: string,
): Promise<void> {
  if (assignee === null) return
  const readers = await readersAmong(tx, projectId, [assignee])
  if (!readers.has(assignee)) throw invalid({ [field]: 'the assignee is not a person who can see the task' })
}

/**
 * Records the change of a task: in the rooms of the project that it left, if it moved, and then in those of its present
 * project.
 */
export function recordUpdate(
  tx: Tx,
  scope: Scope,
  before: TaskRow,
  after: TaskRow,
  project: string | null,
  changed: string[],
) {
  recordRemoval(tx, scope, before, after)
  const task = present(after, project)
  tx.record(
    'task_updated',
    { task_id: after.id, task, updated_by: scope.person.id, changed },
    inProject(after.project_id),
    changed.some(field => field !== 'position') ? entryOf(after, before, changed) : undefined,
  )
  return task
}

/**
 * For the rooms that lose the task. Recorded before all other events of a command, so that the last event that they get
 * is right.
 */
export function recordRemoval(tx: Tx, scope: Scope, before: TaskRow, after: TaskRow) {
  if (before.project_id === after.project_id) return
  tx.record(
    'task_removed',
    { task_id: after.id, version: after.version, project_id: before.project_id, moved_by: scope.person.id },
    inProject(before.project_id),
  )
}

/** Maps column names to the fields of the contract; a move changes both names of the project. */
export const changedFields = (changes: RowChanges, before: TaskRow, after: TaskRow): string[] => [
  ...Object.keys(changes).flatMap(column => (column === 'project_id' ? ['project', 'project_id'] : [column])),
  ...(before.completed_at !== after.completed_at ? ['completed_at'] : []),
]

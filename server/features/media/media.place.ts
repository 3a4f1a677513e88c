import type { Tx } from '../../events/index.ts'
import { assertCan } from '../../kernel/can.ts'
import { AppError, invalid } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { editIn, lockDestination, type SeenProject } from '../projects/index.ts'
import { lockTask } from '../tasks/index.ts'

/** Where a file belongs: to a task (and so to its project), to a project, or to neither. */
export interface Place {
  project?: string | undefined
  task_id?: number | undefined
}

/**
 * Locks the place and checks that the caller may add to it. @throws AppError `validation_error`, `forbidden`,
 * `conflict`
 */
export async function lockPlace(tx: Tx, scope: Scope, { project: ref, task_id: taskId }: Place) {
  const task = taskId === undefined ? null : await lockTarget(tx, scope, taskId)
  const project = task ? task.project : await lockDestination(tx, scope, ref)
  if (task && ref !== undefined && !isNamed(project, ref)) throw invalid({ project: 'is not the project of the task' })
  if (task) assertCan(scope, editIn, project)
  return { projectId: project?.id ?? null, taskId: taskId ?? null }
}

async function lockTarget(tx: Tx, scope: Scope, id: number) {
  const { expected: _, ...anyVersion } = scope
  try {
    return await lockTask(tx, anyVersion, id)
  } catch (error) {
    const unseen = error instanceof AppError && error.code === 'not_found'
    throw unseen ? invalid({ task_id: 'there is no such task, or none that you may see' }) : error
  }
}

const isNamed = (project: SeenProject | null, ref: string) =>
  /^\d+$/.test(ref) ? project?.id === Number(ref) : project?.slug === ref

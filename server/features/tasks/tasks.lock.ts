import sql, { type Sql } from 'sql-template-tag'
import type { Tx } from '../../events/index.ts'
import { can } from '../../kernel/can.ts'
import { notFound, versionConflict } from '../../kernel/errors.ts'
import { isStale, type Scope } from '../../kernel/scope.ts'
import {
  lockProjects,
  isNamed,
  onlyOne,
  projectAmong,
  readProject,
  seenIn,
  type SeenProject,
} from '../projects/index.ts'
import { present } from './tasks.present.ts'
import { selectTasksForUpdate, type TaskRow } from './tasks.queries.ts'

/** Locked tasks that a command is about to change, with their projects and the one to which they may move. */
export interface LockedTasks {
  /** In no particular order. Tasks that do not exist, or that the caller may not see, are missing. */
  tasks: TaskRow[]
  projectOf(task: { project_id: number | null }): SeenProject | null
  /**
   * The project by the reference that was requested; null if the caller may see none.
   *
   * @throws AppError `conflict` on `field` when they see several of this slug
   */
  projectBy(ref: string, field?: string): SeenProject | null
}

/**
 * Locks the projects first (shared), then the tasks; the deletion of a project uses the same order. All statements are
 * sent at once.
 *
 * @param target a project that the tasks may go to: its id or slug
 * @param withText without it the descriptions are empty
 */
export async function lockTasks(
  tx: Tx,
  scope: Scope,
  ids: number[],
  { target, withText = true }: { target?: string | null | undefined; withText?: boolean } = {},
): Promise<LockedTasks> {
  const theirs = sql`p.id in (select project_id from tasks where id = any(${ids}))`
  const which: Sql = target ? sql`(${theirs} or ${isNamed(target)})` : theirs
  const readable = seenIn(scope.person, sql`project_id`)
  const [projects, tasks] = await Promise.all([
    lockProjects(tx, scope, which),
    selectTasksForUpdate(tx, ids, readable, withText),
  ])
  for (const { project_id } of tasks) projectAmong(projects, project_id)
  return {
    tasks,
    projectOf: ({ project_id }) => projectAmong(projects, project_id),
    projectBy: (ref, field = 'project') => {
      const matches = ({ id, slug }: SeenProject) => (/^\d+$/.test(ref) ? id === Number(ref) : slug === ref)
      const named = [...projects.values()].filter(one => matches(one) && can(scope, readProject, one))
      return onlyOne(named, field) ?? null
    },
  }
}

/** Locks one task of which the caller has seen the present version. @throws AppError `not_found`, `version_conflict` */
export async function lockTask(
  tx: Tx,
  scope: Scope,
  id: number,
  target?: string | null,
): Promise<LockedTasks & { task: TaskRow; project: SeenProject | null }> {
  const held = await lockTasks(tx, scope, [id], { target })
  const [task] = held.tasks
  const project = task ? held.projectOf(task) : null
  if (!task || (project && !can(scope, readProject, project))) throw notFound()
  if (isStale(scope, task.version)) {
    throw versionConflict(present(task, project?.slug ?? null))
  }
  return { ...held, task, project }
}

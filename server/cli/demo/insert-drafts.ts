import type { Task } from '../../../contract/index.ts'
import { type Command, inProject } from '../../events/index.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { assertEdit, lockProject, type SeenProject } from '../../features/projects/index.ts'
import { insertTasks, newSortKey, newTaskIds } from '../../features/tasks/index.ts'
import type { Draft } from './drafts.ts'

const dayMs = 24 * 3600 * 1000

/**
 * Inserts demo tasks into a project, all in one command. Each gets an event, as if it had been created alone, at 1/20
 * of the cost. Their dates lie in the past, so the tasks' own service cannot do it.
 *
 * @param people ids by username
 */
export function insertDrafts(
  command: Command,
  scope: Scope,
  projectId: number,
  drafts: Draft[],
  people: Map<string, number>,
) {
  return command(scope, async tx => {
    const project = await lockProject(tx, scope, String(projectId))
    if (!project) throw notFound()
    assertEdit(scope.person, project)
    const ids = await newTaskIds(tx, drafts.length)
    const tasks = drafts.map((draft, nth) => taskOf(draft, ids[nth]!, project, people, Date.parse(tx.now)))
    await insertTasks(tx, tasks)
    for (const task of tasks) tx.record('task_created', { task, created_by: task.created_by }, inProject(project.id))
  })
}

function taskOf(draft: Draft, id: number, project: SeenProject, people: Map<string, number>, now: number): Task {
  const created = now - draft.created * dayMs
  const at = (ms: number) => new Date(Math.min(ms, now)).toISOString()
  const author = people.get(draft.author)!
  const finished = draft.status === 'done' ? at(created + (1 + (id % 9)) * dayMs) : null
  return {
    id,
    title: draft.title,
    description: draft.description,
    status: draft.status,
    priority: draft.priority,
    category: draft.category,
    project: project.slug,
    project_id: project.id,
    assignee_id: draft.assignee === null ? null : people.get(draft.assignee)!,
    due_date: draft.due === null ? null : endOfDay(now + draft.due * dayMs),
    position: newSortKey(id),
    version: 1,
    created_by: author,
    updated_by: author,
    created_at: at(created),
    updated_at: finished ?? at(created),
    completed_at: finished,
  }
}

const endOfDay = (ms: number) => `${new Date(ms).toISOString().slice(0, 10)}T17:00:00.000Z`

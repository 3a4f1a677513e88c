import type { Task } from '../../../contract/index.ts'
import { type Command, inProject } from '../../events/index.ts'
import { assertCan } from '../../kernel/can.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { editProject, lockProject, type SeenProject } from '../../features/projects/index.ts'
import { insertTasks, newSortKey, newTaskIds } from '../../features/tasks/index.ts'
import type { DemoTask } from './board-tasks.ts'

const dayMs = 24 * 3600 * 1000

/**
 * Inserts demo tasks into a project, all in one command. Each gets an event, as if it had been created alone, at 1/20
 * of the cost. Their dates lie in the past, so the tasks' own service cannot do it.
 *
 * @param people ids by username
 */
export function insertDemoTasks(
  command: Command,
  scope: Scope,
  projectId: number,
  demoTasks: DemoTask[],
  people: Map<string, number>,
) {
  return command(scope, async tx => {
    const project = await lockProject(tx, scope, String(projectId))
    if (!project) throw notFound()
    assertCan(scope, editProject, project)
    const ids = await newTaskIds(tx, demoTasks.length)
    const tasks = demoTasks.map((demo, nth) => taskOf(demo, ids[nth]!, project, people, Date.parse(tx.now)))
    await insertTasks(tx, tasks)
    for (const task of tasks) tx.record('task_created', { task, created_by: task.created_by }, inProject(project.id))
  })
}

function taskOf(demo: DemoTask, id: number, project: SeenProject, people: Map<string, number>, now: number): Task {
  const created = now - demo.created * dayMs
  const at = (ms: number) => new Date(Math.min(ms, now)).toISOString()
  const author = people.get(demo.author)!
  const finished = demo.status === 'done' ? at(created + (1 + (id % 9)) * dayMs) : null
  return {
    id,
    title: demo.title,
    description: demo.description,
    status: demo.status,
    priority: demo.priority,
    category: demo.category,
    project: project.slug,
    project_id: project.id,
    assignee_id: demo.assignee === null ? null : people.get(demo.assignee)!,
    due_date: demo.due === null ? null : endOfDay(now + demo.due * dayMs),
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

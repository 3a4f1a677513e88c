import { setImmediate } from 'node:timers/promises'
import sql from 'sql-template-tag'
import { sortKeyOf, type Task, type TaskDraft, taskPriorities } from '../../../contract/index.ts'
import { inProject, type Tx } from '../../events/index.ts'
import type { Connection } from '../../ports/database.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { SeenProject } from '../projects/index.ts'
import { positionStep } from './tasks.queries.ts'

/** In rising order, so that the order in which they are assigned is that of the board. */
export const newTaskIds = async (tx: Connection, count: number): Promise<number[]> =>
  (
    await tx.query<{ id: number }>(
      sql`select nextval(pg_get_serial_sequence('tasks', 'id')) as id from generate_series(1, ${count}::int) order by 1`,
    )
  ).map(({ id }) => id)

/** At the end of the board: positions of new tasks follow their ids. */
const newPosition = (id: number) => id * positionStep
export const newSortKey = (id: number) => sortKeyOf(newPosition(id))

/** One statement for any number of new tasks. */
export const insertTasks = (tx: Connection, tasks: readonly Task[]) => {
  const rows = tasks.map(task => ({
    ...task,
    priority: taskPriorities.indexOf(task.priority),
    position: newPosition(task.id),
  }))
  return tx.query(sql`
    insert into tasks (id, title, description, status, priority, category, project_id, assignee_id, due_date, position,
      created_by, updated_by, created_at, updated_at, completed_at)
    select id, title, description, status, priority, category, project_id, assignee_id, due_date, position,
      created_by, updated_by, created_at, updated_at, completed_at
    from json_to_recordset(${JSON.stringify(rows)}) as r (id bigint, title text, description text, status text,
      priority smallint, category text, project_id bigint, assignee_id bigint, due_date timestamptz, position float8,
      created_by bigint, updated_by bigint, created_at timestamptz, updated_at timestamptz, completed_at timestamptz)`)
}

/**
 * Creates many tasks in a command that has locked their project and checked the caller's rights, with an event and an
 * activity entry for each, at a fraction of the cost of creating them one by one. Assignees are not notified, because
 * they would get a thousand notifications.
 */
export async function createTasksIn(
  tx: Tx,
  { person }: Scope,
  project: SeenProject | null,
  drafts: readonly (TaskDraft & { assignee_id: number | null })[],
): Promise<void> {
  if (drafts.length === 0) return
  const ids = await newTaskIds(tx, drafts.length)
  const tasks = drafts.map((draft, nth): Task => {
    const id = ids[nth]!
    return {
      id,
      title: draft.title,
      description: draft.description,
      status: draft.status,
      priority: draft.priority,
      category: draft.category,
      project: project?.slug ?? null,
      project_id: project?.id ?? null,
      assignee_id: draft.assignee_id,
      due_date: draft.due_date,
      position: newSortKey(id),
      version: 1,
      created_by: person.id,
      updated_by: person.id,
      created_at: tx.now,
      updated_at: tx.now,
      completed_at: draft.status === 'done' ? tx.now : null,
    }
  })
  const recording = async () => {
    // The statement above is sent now, and PostgreSQL works on it meanwhile.
    await setImmediate()
    const audience = inProject(project?.id ?? null)
    for (const task of tasks) {
      const entry = {
        projectId: task.project_id,
        taskId: task.id,
        subject: { type: 'task' as const, id: task.id, title: task.title },
      }
      tx.record('task_created', { task, created_by: person.id }, audience, entry)
    }
  }
  await Promise.all([insertTasks(tx, tasks), recording()])
}

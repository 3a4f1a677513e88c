import type { Entry } from '../../events/index.ts'
import { present } from './tasks.present.ts'
import type { TaskRow } from './tasks.queries.ts'

/** For longer texts the activity only says that they changed, because it would keep the old texts for ever. */
const longest = 500

/**
 * A task's event in the activity; for a change, with the old and new value of each field. For a move only the move is
 * recorded, because the old values were visible to other people than the readers of this entry; nor may these readers
 * know where the task came from.
 */
export function entryOf(task: TaskRow, before?: TaskRow, changed: readonly string[] = []): Entry {
  const hasMoved = before && before.project_id !== task.project_id
  const changes = hasMoved
    ? { project_id: { from: null, to: task.project_id } }
    : before && Object.fromEntries(differences(before, task, changed))
  return {
    projectId: task.project_id,
    taskId: task.id,
    subject: { type: 'task', id: task.id, title: task.title },
    ...(changes && { changes }),
  }
}

function differences(before: TaskRow, after: TaskRow, changed: readonly string[]) {
  const [from, to] = [present(before, null), present(after, null)]
  // The project is recorded by its id, because its slug may belong to another project later.
  const fields = changed.filter(field => field !== 'project' && field !== 'position') as (keyof typeof from)[]
  return fields.map(field => [field, { from: short(from[field]), to: short(to[field]) }] as const)
}

const short = (value: unknown) => (typeof value === 'string' && value.length > longest ? null : value)

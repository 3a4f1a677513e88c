import type { Entry } from '../../events/index.ts'
import { present } from './tasks.present.ts'
import type { TaskRow } from './tasks.queries.ts'

/** Long texts are only said to have changed: what they were would be kept for ever. */
const longest = 500

/**
 * A task's event in the activity; for a change, with what each field was and became. When it moved, only that, for what
 * it was was told to others than those who read this; where it comes from is not theirs to know either.
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
  // The project goes by its id; its slug may be another's by the time that it is read.
  const fields = changed.filter(field => field !== 'project' && field !== 'position') as (keyof typeof from)[]
  return fields.map(field => [field, { from: short(from[field]), to: short(to[field]) }] as const)
}

const short = (value: unknown) => (typeof value === 'string' && value.length > longest ? null : value)

import { taskStatuses, type Task, type TaskStatus } from '../../../sdk/index.ts'
import { belongs, isComplete, type BoardState } from './board-state.ts'

/**
 * Takes known changes into the columns' counts, and names the columns whose count can no longer be trusted: what changed
 * in a task that was never loaded nobody can tell.
 */
export function recount(before: BoardState, after: BoardState, touched: readonly number[], unknown: boolean) {
  const columns = { ...after.columns }
  const doubtful = new Set<TaskStatus>()
  const inColumn = (state: BoardState, task: Task | undefined, status: TaskStatus) =>
    task !== undefined && belongs(state, task, status) ? 1 : 0

  for (const status of taskStatuses) {
    const column = columns[status]
    if (isComplete(column) || column.next === undefined) continue
    let change = 0
    for (const id of touched) {
      change +=
        inColumn(after, after.store.items.get(id), status) - inColumn(before, before.store.items.get(id), status)
    }
    if (change !== 0 && column.count !== null && !column.countLimited)
      columns[status] = { ...column, count: Math.max(0, column.count + change) }
    if (change !== 0 || unknown) doubtful.add(status)
  }
  return { columns, doubtful }
}

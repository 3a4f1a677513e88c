import { taskStatuses, type TaskStatus } from '../../../sdk/index.ts'
import { isComplete, type BoardState } from './board-state.ts'
import type { Sorted } from './sorting.ts'

/** A column that was loaded whole, and to which more than this have come since, is loaded by pages from then on. */
const mostUnlisted = 200
/** Tasks kept in memory; beyond this those that are not on the board go, and come again with their page. */
const mostHeld = 1_500

/**
 * Columns that have become too long to be loaded whole. What one has scrolled to oneself stays. One whose load has failed
 * waits until the connection is back.
 */
export const overgrown = ({ columns }: BoardState, sorted: Sorted): TaskStatus[] =>
  taskStatuses.filter(
    status =>
      isComplete(columns[status]) &&
      !columns[status].loading &&
      columns[status].error === null &&
      sorted[status].length > columns[status].listed.size + mostUnlisted,
  )

/**
 * Lets go of tasks that are not on the board. Not while a list is on its way: an answer older than an event that was
 * let go of could bring back what that had changed.
 *
 * @param held a task that is open, wherever it is
 */
export function prune(state: BoardState, sorted: Sorted, held: number | null): BoardState {
  const { store, columns, pending, selected } = state
  const loading = taskStatuses.some(status => columns[status].loading)
  if (loading || store.items.size <= mostHeld) return state
  const kept = new Set<number | null>([held, ...pending.keys(), ...selected])
  for (const status of taskStatuses) {
    for (const id of columns[status].listed) kept.add(id)
    for (const { id } of sorted[status]) kept.add(id)
  }
  // What is shown may be more than may be held: then there is nothing to let go of, again and again.
  if (kept.size > store.items.size / 2) return state
  return { ...state, store: { ...store, items: new Map([...store.items].filter(([id]) => kept.has(id))) } }
}

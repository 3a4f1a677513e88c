import type { TaskStatus } from '../../../sdk/index.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { isComplete } from '../tasks/board-state.ts'

/** How many tasks a column has, shown or not; null while nobody knows. */
export function useColumnCount(status: TaskStatus): number | null {
  const { board } = usePage()
  const column = useStore(board.store, state => state.columns[status])
  const shown = useStore(board.store, () => board.tasksByColumn()[status].length)
  if (isComplete(column)) return shown
  return column.count === null ? null : Math.max(column.count, shown)
}

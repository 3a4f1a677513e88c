import type { TaskStatus } from '../../../sdk/index.ts'
import { formatCount } from '../lib/format.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { isComplete } from '../tasks/board-state.ts'

interface ColumnCount {
  /** How many tasks a column has, shown or not; null while nobody knows. */
  count: number | null
  /** The same for people: `10,000+` where the server counts no further. */
  text: string | null
}

export function useColumnCount(status: TaskStatus): ColumnCount {
  const { board } = usePage()
  const column = useStore(board.store, state => state.columns[status])
  const shown = useStore(board.store, () => board.tasksByColumn()[status].length)
  if (isComplete(column)) return { count: shown, text: formatCount(shown) }
  if (column.count === null) return { count: null, text: null }
  const least = Math.max(column.count, shown)
  return column.countLimited
    ? { count: null, text: `${formatCount(least)}+` }
    : { count: least, text: formatCount(least) }
}

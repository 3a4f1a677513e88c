import type { TaskStatus } from '../../../sdk/index.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { ComesNear, MoreButton } from '../ui/list-end.tsx'
import { boardStatuses } from '../lib/vocabulary.ts'
import type { BoardState } from '../tasks/board-state.ts'
import { boardFilters } from '../tasks/filters.ts'
import type { Sorted } from '../tasks/sorting.ts'

interface ColumnEndProps {
  status: TaskStatus
  isEmpty: boolean
  onAdd: (status: TaskStatus) => void
}

/** What stands below the cards: more of them, or why there are none. */
export function ColumnEnd({ status, isEmpty, onAdd }: ColumnEndProps) {
  const { board } = usePage()
  const { next, loading, error } = useStore(board.store, state => state.columns[status])
  const narrowed = useStore(board.store, state => boardFilters.isNarrowed(state.filters))
  const begins = useStore(
    board.store,
    state => !boardFilters.isNarrowed(state.filters) && isBare(state, board.tasksByColumn()),
  )

  if (error !== null) {
    return (
      <div className="column-note">
        <p>{error}</p>
        <button type="button" className="button" onClick={() => void board.loadFirst(status)}>
          Try again
        </button>
      </div>
    )
  }
  if (next === undefined && isEmpty) return <Skeletons />
  const more = () => void board.loadMore(status)
  // Another one for each page: an end that stays in sight is no news to an observer.
  if (typeof next === 'string') {
    return (
      <ComesNear key={next} className="column-note" isInScroller onNear={more}>
        <MoreButton loading={loading} onMore={more} />
      </ComesNear>
    )
  }
  if (!isEmpty) return null
  if (status === 'todo' && begins) return <Beginning onStart={() => onAdd(status)} />
  return (
    <div className="column-note">
      <p>{narrowed ? 'Nothing matches' : 'Nothing here yet'}</p>
    </div>
  )
}

/** Nothing at all on the whole board: somebody has just started. */
const isBare = ({ columns }: BoardState, sorted: Sorted) =>
  boardStatuses.every(status => columns[status].next === null && sorted[status].length === 0)

function Beginning({ onStart }: { onStart: () => void }) {
  return (
    <div className="column-note">
      <p>A fresh board. What has to be done first?</p>
      <button type="button" className="button" onClick={onStart}>
        Write it down
      </button>
    </div>
  )
}

function Skeletons() {
  return (
    <div className="skeletons" aria-hidden="true">
      <i />
      <i />
      <i />
    </div>
  )
}

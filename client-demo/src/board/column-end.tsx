import { useEffect, useRef } from 'react'
import type { TaskStatus } from '../../../sdk/index.ts'
import { usePage } from '../page.tsx'
import { useStore } from '../store.ts'
import { boardStatuses } from '../vocabulary.ts'
import type { BoardState } from './board-state.ts'
import { isNarrowed } from './filters.ts'
import type { Sorted } from './sorting.ts'

interface ColumnEndProps {
  status: TaskStatus
  isEmpty: boolean
  onAdd: (status: TaskStatus) => void
}

/** What stands below the cards: more of them, or why there are none. */
export function ColumnEnd({ status, isEmpty, onAdd }: ColumnEndProps) {
  const { board } = usePage()
  const { next, loading, error } = useStore(board.store, state => state.columns[status])
  const narrowed = useStore(board.store, state => isNarrowed(state.filters))
  const begins = useStore(board.store, state => !isNarrowed(state.filters) && isBare(state, board.tasksByColumn()))

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
  // Another one for each page: an end that stays in sight is no news to an observer.
  if (typeof next === 'string') return <ShowMore key={next} status={status} loading={loading} />
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

/** Loads the next page when it comes near; as a button it works without scrolling too. */
function ShowMore({ status, loading }: { status: TaskStatus; loading: boolean }) {
  const { board } = usePage()
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = end.current
    if (!element) return
    const observer = new IntersectionObserver(
      entries => entries.some(entry => entry.isIntersecting) && void board.loadMore(status),
      { root: element.parentElement, rootMargin: '600px 0px' },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [board, status])
  return (
    <div ref={end} className="column-note">
      <button type="button" className="button" onClick={() => void board.loadMore(status)}>
        {loading ? 'Loading…' : 'Show more'}
      </button>
    </div>
  )
}

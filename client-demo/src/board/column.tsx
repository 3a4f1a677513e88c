import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { TaskStatus } from '../../../sdk/index.ts'
import { formatCount } from '../format.ts'
import { usePage } from '../page.tsx'
import { useStore } from '../store.ts'
import { Icon } from '../ui/icon.tsx'
import { StatusMark } from '../ui/marks.tsx'
import { statusNames } from '../vocabulary.ts'
import { isComplete } from './board-state.ts'
import { Card } from './card.tsx'
import { makeColumnDroppable } from './drag.ts'
import { isNarrowed } from './filters.ts'
import { keepFocus } from './keyboard.ts'

interface ColumnProps {
  status: TaskStatus
  onOpen: (id: number) => void
  onAdd: (status: TaskStatus) => void
  onDelete: (id: number) => void
}

export function Column({ status, onOpen, onAdd, onDelete }: ColumnProps) {
  const { board } = usePage()
  const column = useStore(board.store, state => state.columns[status])
  const tasks = useStore(board.store, () => board.tasksByColumn()[status])
  const [over, setOver] = useState(false)
  const [current, setCurrent] = useState<number | null>(null)
  const region = useRef<HTMLElement>(null)

  useEffect(() => {
    if (region.current) return makeColumnDroppable({ element: region.current, status, onOver: setOver })
  }, [status])
  useLayoutEffect(keepFocus, [tasks])

  const count = isComplete(column) || column.count === null ? tasks.length : Math.max(column.count, tasks.length)
  const tabStop = tasks.some(task => task.id === current) ? current : tasks[0]?.id
  const first = column.next === undefined && column.error === null
  const name = statusNames[status]

  return (
    <section ref={region} id={`column-${status}`} className={`column${over ? ' is-over' : ''}`} aria-label={name}>
      <header className="column-head">
        <StatusMark status={status} />
        <h2>{name}</h2>
        <span className="count">{first ? '' : formatCount(count)}</span>
        <button type="button" className="icon-button" aria-label={`Add to ${name}`} onClick={() => onAdd(status)}>
          <Icon name="plus" />
        </button>
      </header>
      <div className="cards" aria-busy={column.loading}>
        <ul>
          {tasks.map(task => (
            <Card
              key={task.id}
              task={task}
              isTabStop={task.id === tabStop}
              onFocus={setCurrent}
              onOpen={onOpen}
              onDelete={onDelete}
            />
          ))}
        </ul>
        <ColumnEnd status={status} isEmpty={tasks.length === 0} />
      </div>
    </section>
  )
}

function ColumnEnd({ status, isEmpty }: { status: TaskStatus; isEmpty: boolean }) {
  const { board } = usePage()
  const { next, loading, error } = useStore(board.store, state => state.columns[status])
  const narrowed = useStore(board.store, state => isNarrowed(state.filters))

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
  return (
    <div className="column-note">
      <p>{narrowed ? 'Nothing matches' : 'Nothing here yet'}</p>
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

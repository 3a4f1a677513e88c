import { useEffect, useRef, useState } from 'react'
import type { TaskStatus } from '../../../sdk/index.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { Icon } from '../ui/icon.tsx'
import { StatusMark } from '../ui/marks.tsx'
import { statusNames } from '../lib/vocabulary.ts'
import { Cards } from './cards.tsx'
import { ColumnEnd } from './column-end.tsx'
import { makeColumnDroppable } from './drag.ts'
import { useColumnCount } from './use-column-count.ts'

interface ColumnProps {
  status: TaskStatus
  isOnBoard: (id: number) => boolean
  onOpen: (id: number) => void
  onAdd: (status: TaskStatus) => void
  onDelete: (id: number) => void
}

export function Column({ status, isOnBoard, onOpen, onAdd, onDelete }: ColumnProps) {
  const { board } = usePage()
  const loading = useStore(board.store, state => state.columns[status].loading)
  const tasks = useStore(board.store, () => board.tasksByColumn()[status])
  const [over, setOver] = useState(false)
  const region = useRef<HTMLElement>(null)

  useEffect(() => {
    if (region.current) return makeColumnDroppable({ element: region.current, status, onOver: setOver })
  }, [status])

  const { count, text } = useColumnCount(status)
  const name = statusNames[status]

  return (
    <section ref={region} id={`column-${status}`} className={`column${over ? ' is-over' : ''}`} aria-label={name}>
      <header className="column-head">
        <StatusMark status={status} />
        <h2>{name}</h2>
        <span className="count">{text}</span>
        <button type="button" className="icon-button" aria-label={`Add to ${name}`} onClick={() => onAdd(status)}>
          <Icon name="plus" />
        </button>
      </header>
      <div className="cards" aria-busy={loading}>
        <Cards status={status} tasks={tasks} count={count} isOnBoard={isOnBoard} onOpen={onOpen} onDelete={onDelete} />
        <ColumnEnd status={status} isEmpty={tasks.length === 0} onAdd={onAdd} />
      </div>
    </section>
  )
}

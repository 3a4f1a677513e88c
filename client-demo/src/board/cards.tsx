import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual'
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Task, TaskStatus } from '../../../sdk/index.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
import { isComplete } from '../tasks/board-state.ts'
import { Card } from './card.tsx'
import { draggedCard } from './drag.ts'
import { focusedCard, keepFocus, passFocusOn } from './follow-focus.ts'
import { useReadingPlace } from './reading-place.ts'

/** Columns up to this length are in the page as a whole, so that it can be searched and printed; of others what is near. */
const mostWhole = 40
const beyondSight = 5
/** Of a card that nobody has seen yet; whatever is seen is measured. */
const guessedHeight = 96

interface CardsProps {
  status: TaskStatus
  tasks: readonly Task[]
  /** How many there are, loaded or not; null while nobody knows. */
  count: number | null
  isOnBoard: (id: number) => boolean
  onOpen: (id: number) => void
  onDelete: (id: number) => void
}

/** The cards of a column, in what scrolls: those in sight and a few around them, the one with the focus, and the one that is dragged. */
export function Cards({ status, tasks, count, isOnBoard, onOpen, onDelete }: CardsProps) {
  const list = useRef<HTMLUListElement>(null)
  const [current, setCurrent] = useState<number | null>(null)
  const places = useMemo(() => new Map(tasks.map((task, at) => [task.id, at])), [tasks])
  const placeOf = (id: number | null) => (id === null ? undefined : places.get(id))
  const focused = useStore(focusedCard, placeOf)
  const dragged = useStore(draggedCard, placeOf)
  const tabStop = focused ?? placeOf(current) ?? 0
  const lastTrue = useLastListed(status, tasks)

  // oxlint-disable-next-line react/incompatible-library -- nothing here is compiled by React Compiler
  const virtualizer = useVirtualizer<HTMLElement, HTMLLIElement>({
    count: tasks.length,
    getScrollElement: () => list.current?.parentElement ?? null,
    estimateSize: () => guessedHeight,
    // Another function for other tasks: that is how it learns that they stand elsewhere.
    getItemKey: useCallback((at: number) => tasks[at]?.id ?? at, [tasks]),
    overscan: beyondSight,
    rangeExtractor: useCallback((range: Range) => inPage(range, [tabStop, dragged]), [tabStop, dragged]),
  })
  useReadingPlace({ virtualizer, tasks, places })

  const before = useRef(tasks)
  useLayoutEffect(() => {
    passFocusOn(before.current, tasks, isOnBoard)
    before.current = tasks
    keepFocus()
  }, [tasks, focused, isOnBoard])

  return (
    <ul ref={list} style={{ height: virtualizer.getTotalSize() }}>
      {virtualizer.getVirtualItems().map(({ index, start }) => {
        const task = tasks[index]
        if (!task) return null
        // Below what is loaded, between others that are not, its place is anybody's guess.
        const isTrue = index <= lastTrue
        return (
          <Card
            key={task.id}
            task={task}
            index={index}
            top={start}
            place={isTrue ? index + 1 : undefined}
            count={isTrue ? (count ?? -1) : -1}
            isTabStop={index === tabStop}
            measure={virtualizer.measureElement}
            onFocus={setCurrent}
            onOpen={onOpen}
            onDelete={onDelete}
          />
        )
      })}
    </ul>
  )
}

/** The index of the last card whose place is known. */
function useLastListed(status: TaskStatus, tasks: readonly Task[]): number {
  const column = useStore(usePage().board.store, state => state.columns[status])
  return useMemo(
    () => (isComplete(column) ? tasks.length - 1 : tasks.findLastIndex(task => column.listed.has(task.id))),
    [column, tasks],
  )
}

/** @param besides wherever they are */
function inPage(range: Range, besides: readonly (number | undefined)[]): number[] {
  if (range.count <= mostWhole) return Array.from({ length: range.count }, (_, at) => at)
  const shown = new Set(defaultRangeExtractor(range))
  for (const at of besides) if (at !== undefined && at < range.count) shown.add(at)
  return [...shown].toSorted((a, b) => a - b)
}

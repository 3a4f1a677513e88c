import {
  draggable,
  dropTargetForElements,
  monitorForElements,
} from '@atlaskit/pragmatic-drag-and-drop/adapter/element-adapter'
import type { TaskStatus } from '../../../sdk/index.ts'
import { createStore } from '../lib/store.ts'
import { shownTask } from '../tasks/board-state.ts'
import type { Board } from '../tasks/board.ts'
import type { Moves, Place } from '../tasks/moves.ts'

export type Edge = 'top' | 'bottom'

/** The card that is under the pointer: it stays in the page also when its column is scrolled away beneath it. */
export const draggedCard = createStore<number | null>(null)

interface Pointer {
  clientY: number
}

const edgeOf = (element: Element, { clientY }: Pointer): Edge => {
  const { top, height } = element.getBoundingClientRect()
  return clientY < top + height / 2 ? 'top' : 'bottom'
}

interface CardDrag {
  element: HTMLElement
  id: number
  onDragging: (dragging: boolean) => void
}

/** For who may change the task, and nobody else. */
export function makeCardDraggable({ element, id, onDragging }: CardDrag): () => void {
  return draggable({
    element,
    getInitialData: () => ({ task: id }),
    onDragStart: () => {
      draggedCard.set(() => id)
      onDragging(true)
    },
    onDrop: () => {
      draggedCard.set(() => null)
      onDragging(false)
    },
  })
}

interface CardDrop {
  element: HTMLElement
  id: number
  status: TaskStatus
  /** Where the dragged card would go, seen from this one. */
  onEdge: (edge: Edge | null) => void
}

export function makeCardDropTarget({ element, id, status, onEdge }: CardDrop): () => void {
  return dropTargetForElements({
    element,
    canDrop: ({ source }) => source.data.task !== id,
    getData: ({ input }) => ({ card: id, status, edge: edgeOf(element, input) }),
    onDragEnter: ({ self }) => onEdge(self.data.edge as Edge),
    onDrag: ({ self }) => onEdge(self.data.edge as Edge),
    onDragLeave: () => onEdge(null),
    onDrop: () => onEdge(null),
  })
}

interface ColumnDrop {
  element: HTMLElement
  status: TaskStatus
  onOver: (over: boolean) => void
}

/**
 * All of the region takes a card, also where there is none: above the cards means first, below them last, between them
 * beside the nearest.
 */
export function makeColumnDroppable({ element, status, onOver }: ColumnDrop): () => void {
  return dropTargetForElements({
    element,
    getData: ({ input, source }) => ({ status, ...placeAmong(element, input, source.data.task) }),
    onDragEnter: () => onOver(true),
    onDragLeave: () => onOver(false),
    onDrop: () => onOver(false),
  })
}

function placeAmong(
  column: Element,
  pointer: Pointer,
  dragged: unknown,
): { end: boolean } | { card: number; edge: Edge } {
  const list = column.querySelector('ul')?.getBoundingClientRect()
  const scroller = column.querySelector('.cards')?.getBoundingClientRect()
  const y = pointer.clientY
  if (!list || !scroller || y < scroller.top) return { end: false }
  if (y > list.bottom) return { end: true }
  let nearest: HTMLElement | undefined
  let distance = Infinity
  for (const card of column.querySelectorAll<HTMLElement>('[data-task]')) {
    const { top, bottom } = card.getBoundingClientRect()
    const away = Math.max(top - y, y - bottom, 0)
    if (Number(card.dataset.task) === dragged || away >= distance) continue
    nearest = card
    distance = away
  }
  return nearest ? { card: Number(nearest.dataset.task), edge: edgeOf(nearest, pointer) } : { end: false }
}

/** One listener for all drops; the innermost target says where. */
export function watchDrops(board: Board, moves: Moves): () => void {
  return monitorForElements({
    onDrop({ source, location }) {
      const target = location.current.dropTargets[0]?.data
      const task = shownTask(board.store.get(), Number(source.data.task))
      if (!target || !task) return
      const status = target.status as TaskStatus
      void moves.move(task, { status, ...placeIn(board, status, task.id, target) })
    },
  })
}

function placeIn(
  board: Board,
  status: TaskStatus,
  dragged: number,
  target: Record<string | symbol, unknown>,
): Partial<Place> {
  const card = target.card as number | undefined
  if (card !== undefined) return target.edge === 'top' ? { beforeId: card } : { afterId: card }
  const last = board.tasksByColumn()[status].findLast(task => task.id !== dragged)
  return target.end === true && last ? { afterId: last.id } : {}
}

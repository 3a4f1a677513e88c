import type { Task, TaskStatus } from '../../../sdk/index.ts'
import type { Announcer } from '../live/announcer.ts'
import { createStore } from '../lib/store.ts'
import { boardStatuses, statusNames } from '../lib/vocabulary.ts'
import type { Board } from '../tasks/board.ts'
import { focusCard, followMove } from './follow-focus.ts'
import type { Moves } from '../tasks/moves.ts'

/** Whether somebody has stood on a card: from then on they know, and hear only what the card is. */
export const hintGiven = createStore(false)

export const keyboardHint =
  'Arrow keys, Home and End go from card to card. With Alt they move the card. Enter opens it, X selects it, M opens its menu.'

/** For a card that one may not change. */
export const readerHint =
  'Arrow keys, Home and End go from card to card. Enter opens it, M opens its menu. You may read it, not change it.'

const steps: Record<string, { across?: 1 | -1; along?: 1 | -1 }> = {
  ArrowUp: { along: -1 },
  ArrowDown: { along: 1 },
  ArrowLeft: { across: -1 },
  ArrowRight: { across: 1 },
}

interface CardKeys {
  board: Board
  moves: Moves
  task: Task
  mayChange: boolean
  announcer: Announcer
  open: () => void
  openMenu: () => void
  remove: () => void
}

export function onCardKey(event: React.KeyboardEvent, keys: CardKeys): void {
  // Keys on a card's own buttons are theirs.
  if (event.target !== event.currentTarget) return
  const { board, task } = keys
  if (!keys.mayChange && wouldChange(event)) {
    keys.announcer.say('You may read this task, and not change it')
    return event.preventDefault()
  }
  const step = steps[event.key]
  const moving = event.altKey || event.ctrlKey || event.metaKey
  if (step && moving) moveCard(keys, step)
  else if (step) goTo(board, task, step)
  else if (moving) return
  else if (event.key === 'Home' || event.key === 'End') goToEnd(board, task, event.key === 'Home' ? 0 : -1)
  else if (event.key === 'Enter') keys.open()
  else if (event.key === ' ' || event.key.toLowerCase() === 'x') {
    board.select([task.id], !board.store.get().selected.has(task.id))
  } else if (event.key.toLowerCase() === 'm') keys.openMenu()
  else if (event.key === 'Delete') keys.remove()
  else if (event.key === 'Escape') board.clearSelection()
  else return
  event.preventDefault()
}

/** Moving it, deleting it, or choosing it for one of both. */
function wouldChange(event: React.KeyboardEvent): boolean {
  const moving = event.altKey || event.ctrlKey || event.metaKey
  if (moving) return steps[event.key] !== undefined
  return event.key === 'Delete' || event.key === ' ' || event.key.toLowerCase() === 'x'
}

function columnBeside(board: Board, status: TaskStatus, across: 1 | -1): TaskStatus | undefined {
  const shown: TaskStatus[] = [...boardStatuses]
  if (board.store.get().showCancelled) shown.push('cancelled')
  return shown[shown.indexOf(status) + across]
}

function goTo(board: Board, task: Task, { across, along }: { across?: 1 | -1; along?: 1 | -1 }) {
  const columns = board.tasksByColumn()
  const at = columns[task.status].findIndex(other => other.id === task.id)
  if (along) {
    const next = columns[task.status][at + along]
    if (next) focusCard(next.id)
    return
  }
  // Empty columns are passed over: there is nothing in them to stand on.
  let status: TaskStatus | undefined = task.status
  while (across && (status = columnBeside(board, status, across))) {
    const tasks = columns[status]
    const target = tasks[Math.min(at, tasks.length - 1)]
    if (target) return focusCard(target.id)
  }
}

/** Of what is loaded; more comes by itself when the end is in sight. */
function goToEnd(board: Board, task: Task, at: 0 | -1) {
  const end = board.tasksByColumn()[task.status].at(at)
  if (end) focusCard(end.id)
}

function moveCard({ board, moves, announcer, task }: CardKeys, { across, along }: { across?: 1 | -1; along?: 1 | -1 }) {
  const tasks = board.tasksByColumn()[task.status]
  const at = tasks.findIndex(other => other.id === task.id)
  if (along) {
    const beside = tasks[at + along]
    if (beside) {
      const place = along === 1 ? { afterId: beside.id } : { beforeId: beside.id }
      followMove(task.id, moves.move(task, { status: task.status, ...place }))
    } else if (along === 1 && typeof board.store.get().columns[task.status].next === 'string') {
      announcer.say(`There are more in ${statusNames[task.status]}; they are being loaded`)
      void board.loadMore(task.status)
    } else announcer.say(`Already ${along === 1 ? 'last' : 'first'} in ${statusNames[task.status]}`)
    return
  }
  const status = across && columnBeside(board, task.status, across)
  if (!status) return announcer.say(`There is no column beyond ${statusNames[task.status]}`)
  const beside = board.tasksByColumn()[status][at]
  followMove(task.id, moves.move(task, { status, ...(beside && { beforeId: beside.id }) }))
}

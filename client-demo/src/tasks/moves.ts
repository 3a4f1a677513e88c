import { isTaskwireError, randomId, type Task, type TaskStatus, type TaskwireClient } from '../../../sdk/index.ts'
import type { Announcer } from '../live/announcer.ts'
import type { Toasts } from '../ui/toasts.ts'
import { statusNames } from '../lib/vocabulary.ts'
import type { Board } from './board.ts'
import type { Pending } from './board-state.ts'
import { boardFilters } from './filters.ts'

/** Before or after which card; neither = anywhere in the column, which means at its top. */
export interface Place {
  status: TaskStatus
  beforeId?: number
  afterId?: number
}

interface Between {
  above: Task | undefined
  below: Task | undefined
}

/** A key about where the card will be; the server has the last word. */
function guessPosition(above: Task | undefined, below: Task | undefined): string {
  // A text comes right before what it is continued to.
  if (above) return `${above.position}0`
  return below ? below.position.slice(0, -1) : ''
}

function neighbours(tasks: readonly Task[], { beforeId, afterId }: Place): Between {
  const anchor = tasks.findIndex(task => task.id === (beforeId ?? afterId))
  if (anchor === -1) return { above: undefined, below: tasks[0] }
  const at = beforeId === undefined ? anchor + 1 : anchor
  return { above: tasks[at - 1], below: tasks[at] }
}

interface MoveDeps {
  client: TaskwireClient
  board: Board
  toasts: Toasts
  announcer: Announcer
}

export function createMoves({ client, board, toasts, announcer }: MoveDeps) {
  /** Several moves of one card go out one after the other, so that the last one wins on the server too. */
  const queues = new Map<number, Promise<unknown>>()

  function setPending(id: number, pending: Pending | null) {
    board.store.set(state => {
      const all = new Map(state.pending)
      if (pending) all.set(id, pending)
      else all.delete(id)
      return { ...state, pending: all }
    })
  }

  function explain(error: unknown, task: Task) {
    if (isTaskwireError(error, 'not_found')) {
      board.forget(task.id, task.version)
      return toasts.error(`“${task.title}” is no longer there`)
    }
    const why = isTaskwireError(error) ? error.message : 'Something went wrong'
    toasts.error(`“${task.title}” could not be moved: ${why}`)
  }

  /** Where it came to stand, which only the server knows: others may have moved something meanwhile. */
  async function announcePlace(id: number) {
    const { store, columns, filters } = board.store.get()
    const status = store.items.get(id)?.status
    if (status === undefined) return
    const shown = board.tasksByColumn()[status]
    const at = shown.findIndex(task => task.id === id)
    const name = statusNames[status]
    const { next, listed } = columns[status]
    if (at === -1)
      return announcer.say(`Moved to ${name}${boardFilters.isNarrowed(filters) ? ', where the filters hide it' : ''}`)
    if (typeof next !== 'string') return announcer.say(`Moved to ${name}, place ${at + 1} of ${shown.length}`)
    // Below what is loaded, between others that are not, its place is anybody's guess.
    if (!shown.slice(at + 1).some(task => listed.has(task.id)))
      return announcer.say(`Moved to ${name}, below what is loaded`)
    const all = await board.countNow(status)
    announcer.say(`Moved to ${name}, place ${at + 1}${all === null ? '' : ` of ${all}`}`)
  }

  async function send(task: Task, body: { status?: TaskStatus; before_id?: number; after_id?: number }) {
    const mutationId = board.noteMutation(randomId())
    board.take([await client.tasks.update({ id: String(task.id), ...body }, { mutationId })])
  }

  return {
    async move(task: Task, place: Place): Promise<void> {
      const others = board.tasksByColumn()[place.status].filter(other => other.id !== task.id)
      const { above, below } = neighbours(others, place)
      const body = {
        ...(place.status !== task.status && { status: place.status }),
        ...(below ? { before_id: below.id } : above && { after_id: above.id }),
      }
      if (Object.keys(body).length === 0) return
      setPending(task.id, { status: place.status, position: guessPosition(above, below) })
      let failed = false
      const sent = (queues.get(task.id) ?? Promise.resolve()).then(() => send(task, body))
      const settled = sent.catch(error => {
        failed = true
        explain(error, task)
      })
      queues.set(task.id, settled)
      await settled
      if (queues.get(task.id) !== settled) return
      queues.delete(task.id)
      setPending(task.id, null)
      if (!failed) void announcePlace(task.id)
      board.doubtCounts()
    },
  }
}
export type Moves = ReturnType<typeof createMoves>

declare module '../lib/page.ts' {
  interface Page {
    moves: Moves
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Key } from './turns.ts'

/** A client must take this many bytes of an answer, or the rest of it, within this time. */
export interface ReadingPace {
  bytes: number
  withinMs: number
}

export const defaultReadingPace: ReadingPace = { bytes: 64 * 1024, withinMs: 20_000 }

/** Bytes of answers that wait for their clients, of both doors together. */
export interface UnreadBounds {
  ofAll: number
  /** The same for one person. */
  perPerson: number
}

export const defaultUnreadBounds: UnreadBounds = { ofAll: 128 * 1024 * 1024, perPerson: 32 * 1024 * 1024 }

const checksPerPeriod = 20

/**
 * What libuv has received and the network has not taken. No public interface tells how much of a large write is done.
 */
type Inside = { ['_handle']?: { writeQueueSize?: number } | null }

const queued = (socket: Socket) => (socket as unknown as Inside)['_handle']?.writeQueueSize ?? 0

/** Node counts characters of a text until it hands the text over, and bytes from then on. */
const unreadOf = (socket: Socket) => Math.max(socket.writableLength, queued(socket))

interface Watched {
  handedOver: number
  queued: number
  taken: number
  since: number
  owner: Key | null
}

export interface Unread {
  /** Watches an answer until it has been read or its connection is closed. */
  watch(req: IncomingMessage, res: ServerResponse): void
  /** Sets the owner of an answer: a person's id, or the address of a client that is not signed in. */
  belongsTo(res: ServerResponse, owner: Key): void
}

export type WatchUnread = Unread['watch']

interface Holder {
  sum: number
  answers: { socket: Socket; bytes: number }[]
}

/**
 * Closes the connections of clients that do not read their answers: an unread answer takes memory, and its request
 * keeps the turn of its person. One timer checks all answers in progress; an answer that waits for the server and not
 * for its client is left alone. When more is unread than fits, the largest answers of the owner with the most unread
 * bytes are dropped.
 */
export function createUnread(
  { bytes, withinMs }: ReadingPace = defaultReadingPace,
  bounds: UnreadBounds = defaultUnreadBounds,
): Unread {
  const watched = new Map<ServerResponse, Watched>()
  let timer: NodeJS.Timeout | null = null
  let isCheckDue = false

  function checkAll() {
    if (watched.size === 0) return stop()
    for (const [{ socket }, state] of watched) {
      // The answer to a pipelined request waits for the answers before it.
      if (!socket) {
        state.since = performance.now()
        continue
      }
      note(state, socket)
      if (unreadOf(socket) === 0 || state.taken >= bytes) Object.assign(state, { taken: 0, since: performance.now() })
      else if (performance.now() - state.since >= withinMs) socket.destroy()
    }
    enforce()
  }

  function stop() {
    if (timer) clearInterval(timer)
    timer = null
  }

  function note(state: Watched, socket: Socket) {
    const handedOver = socket.bytesWritten - socket.writableLength
    const inQueue = queued(socket)
    state.taken += handedOver - state.handedOver + Math.max(0, state.queued - inQueue)
    Object.assign(state, { handedOver, queued: inQueue })
  }

  /** Unread bytes by owner; an answer without an owner stands alone. */
  function holders(): Map<unknown, Holder> {
    const found = new Map<unknown, Holder>()
    for (const [res, { owner }] of watched) {
      const { socket } = res
      const size = socket && !socket.destroyed ? unreadOf(socket) : 0
      if (size === 0) continue
      const holder = found.get(owner ?? res) ?? { sum: 0, answers: [] }
      holder.sum += size
      holder.answers.push({ socket: socket!, bytes: size })
      found.set(owner ?? res, holder)
    }
    return found
  }

  function enforce() {
    const all = [...holders()]
    let total = all.reduce((sum, [, holder]) => sum + holder.sum, 0)
    for (const [owner, holder] of all)
      // Many people may share one address, so the limit per person does not apply to it.
      if (typeof owner === 'number') while (holder.sum > bounds.perPerson) total -= giveUpLargest(holder)
    while (total > bounds.ofAll) total -= giveUpLargest(all.reduce((a, b) => (b[1].sum > a[1].sum ? b : a))[1])
  }

  function giveUpLargest(holder: Holder): number {
    const largest = holder.answers.reduce((a, b) => (b.bytes > a.bytes ? b : a))
    holder.answers.splice(holder.answers.indexOf(largest), 1)
    holder.sum -= largest.bytes
    largest.socket.destroy()
    return largest.bytes
  }

  /** Many answers can be made between two checks. */
  function enforceSoon() {
    if (isCheckDue) return
    isCheckDue = true
    setImmediate(() => {
      isCheckDue = false
      enforce()
    })
  }

  return {
    watch: (req, res) => {
      const { socket } = req
      const handedOver = socket.bytesWritten - socket.writableLength
      watched.set(res, { handedOver, queued: 0, taken: 0, since: performance.now(), owner: null })
      timer ??= setInterval(checkAll, withinMs / checksPerPeriod).unref()
      // All of it has been handed to the socket or waits there.
      res.once('prefinish', () => {
        if (res.socket && unreadOf(res.socket) > bytes) enforceSoon()
      })
      res.once('close', () => watched.delete(res))
    },
    belongsTo: (res, owner) => {
      const state = watched.get(res)
      if (state) state.owner = owner
    },
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** A client must take so many bytes of an answer, or what is left of it, in so long. */
export interface ReadingPace {
  bytes: number
  withinMs: number
}

export const defaultReadingPace: ReadingPace = { bytes: 64 * 1024, withinMs: 20_000 }

/** Bytes of answers that wait for their clients, of all connections and both doors together: beyond that the largest are given up. */
const mostUnreadBytes = 128 * 1024 * 1024

const looksPerPeriod = 20

/** What libuv was handed and the network has not taken: nothing public tells how much of a large write is through. */
type Inside = { ['_handle']?: { writeQueueSize?: number } | null }

const queued = (socket: Socket) => (socket as unknown as Inside)['_handle']?.writeQueueSize ?? 0

interface Watched {
  handedOver: number
  queued: number
  taken: number
  since: number
}

/** Watches an answer until it has been read, or given up. */
export type WatchUnread = (req: IncomingMessage, res: ServerResponse) => void

/**
 * Closes the connections of clients that do not read their answers: an unread answer is memory, and its request keeps
 * its person's turn. One timer looks at all answers that are under way; one that waits for us and not for its client is
 * left alone.
 */
export function createUnread({ bytes, withinMs }: ReadingPace = defaultReadingPace): WatchUnread {
  const watched = new Map<ServerResponse, Watched>()
  let timer: NodeJS.Timeout | null = null

  function look() {
    if (watched.size === 0) return stop()
    let total = 0
    for (const [res, state] of watched) {
      const { socket } = res
      // One that was asked for in advance waits for the answers before it.
      if (!socket) {
        state.since = performance.now()
        continue
      }
      const unread = Math.max(socket.writableLength, queued(socket))
      total += unread
      note(state, socket)
      if (unread === 0 || state.taken >= bytes) Object.assign(state, { taken: 0, since: performance.now() })
      else if (performance.now() - state.since >= withinMs) socket.destroy()
    }
    if (total > mostUnreadBytes) giveUpLargest(total)
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

  function giveUpLargest(total: number) {
    const sockets = [...watched.keys()].flatMap(({ socket }) => (socket ? [socket] : []))
    sockets.sort((a, b) => b.writableLength - a.writableLength)
    for (const socket of sockets) {
      if (total <= mostUnreadBytes) return
      total -= socket.writableLength
      socket.destroy()
    }
  }

  return (req, res) => {
    const { socket } = req
    const handedOver = socket.bytesWritten - socket.writableLength
    watched.set(res, { handedOver, queued: 0, taken: 0, since: performance.now() })
    timer ??= setInterval(look, withinMs / looksPerPeriod).unref()
    res.once('close', () => watched.delete(res))
  }
}

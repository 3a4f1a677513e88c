import { drained, isClogged, keepAlive } from './backpressure.ts'
import type { Socket } from 'node:net'
import type { MemberSocket } from './member.ts'

type Line = MemberSocket['conn']

/** The WebSocket of ws inside Engine.IO. A polling transport has none; its requests wait in poll-turns.ts instead. */
const webSocketOf = (line: Line) => (line.transport as unknown as { socket?: WebSocketInside } | null)?.socket
interface WebSocketInside {
  pause(): void
  resume(): void
  ['_socket']?: Socket | null
}

interface Hold {
  reasons: number
  released: Promise<void>
  end: () => void
}

/**
 * Reads from a connection no faster than its client takes answers. While a connection is held nothing is read, so TCP
 * slows the client down, and packets that were read already wait.
 */
export function createIntake() {
  const holds = new Map<Line, Hold>()

  function begin(line: Line): Hold {
    const { promise, resolve } = Promise.withResolvers<void>()
    // An upgrade from polling brings a WebSocket that is not paused.
    const pause = () => webSocketOf(line)?.pause()
    const end = () => {
      holds.delete(line)
      // Its answer to a ping may be among the data that is read only now.
      keepAlive(line)
      line.off('upgrade', pause)
      line.off('close', end)
      if (line.readyState !== 'closed') webSocketOf(line)?.resume()
      // The client goes on sending, and nothing of that is read, not even its close frame. So our side of the
      // connection is ended.
      else webSocketOf(line)?.['_socket']?.end()
      resolve()
    }
    const one = { reasons: 0, released: promise, end }
    holds.set(line, one)
    line.on('upgrade', pause)
    line.once('close', end)
    pause()
    return one
  }

  /**
   * Reads nothing from a connection until `until` settles or the connection closes. A connection may be held for
   * several reasons at once.
   */
  async function hold(line: Line, until: Promise<unknown>) {
    if (line.readyState === 'closed') return
    const one = holds.get(line) ?? begin(line)
    one.reasons++
    await Promise.race([until.catch(() => {}), one.released])
    if (--one.reasons === 0 && holds.get(line) === one) one.end()
  }

  const clogged = new WeakSet<Line>()
  const watched = new WeakSet<Line>()

  return {
    hold,
    /** Holds a connection that sends calls while too much waits for it. Closes it when it takes nothing. */
    relieve: (line: Line): void => {
      if (clogged.has(line) || !isClogged(line)) return
      clogged.add(line)
      void hold(
        line,
        drained(line).finally(() => clogged.delete(line)),
      )
    },
    /** Closes a connection for which too much waits and which takes nothing, whatever waits for it. */
    watch: (line: Line): void => {
      if (watched.has(line) || !isClogged(line)) return
      watched.add(line)
      void drained(line).finally(() => watched.delete(line))
    },
    /** Resolves when the connection is not held. */
    released: (line: Line): Promise<void> | undefined => holds.get(line)?.released,
  }
}

export type Intake = ReturnType<typeof createIntake>

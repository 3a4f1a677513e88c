import { drained, isClogged, keepAlive } from './backpressure.ts'
import type { Socket } from 'node:net'
import type { MemberSocket } from './member.ts'

type Line = MemberSocket['conn']

/** ws's own, as Engine.IO holds it; a polling transport has none, and its requests wait at the gate instead. */
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
 * Reads from a line no faster than it takes its answers: while it is held nothing is read, so that TCP pushes back, and
 * what has been read already waits.
 */
export function createIntake() {
  const holds = new Map<Line, Hold>()

  function begin(line: Line): Hold {
    const { promise, resolve } = Promise.withResolvers<void>()
    // An upgrade from polling brings a WebSocket that is not paused.
    const pause = () => webSocketOf(line)?.pause()
    const end = () => {
      holds.delete(line)
      // Its answer to a ping may be among what is read only now.
      keepAlive(line)
      line.off('upgrade', pause)
      line.off('close', end)
      if (line.readyState !== 'closed') webSocketOf(line)?.resume()
      // Of what its client sends on and on nothing is read any more, not even its goodbye: so it is told that this is all.
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
   * Reads nothing from a line until `until` is done, or the line has closed; it may be held for several reasons at once.
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
    /** Holds a line that sends calls while too much waits for it. One that takes nothing of that is closed. */
    relieve: (line: Line): void => {
      if (clogged.has(line) || !isClogged(line)) return
      clogged.add(line)
      void hold(
        line,
        drained(line).finally(() => clogged.delete(line)),
      )
    },
    /** Closes a line for which too much waits and that takes nothing of it, whatever it is. */
    watch: (line: Line): void => {
      if (watched.has(line) || !isClogged(line)) return
      watched.add(line)
      void drained(line).finally(() => watched.delete(line))
    },
    /** Resolves when the line is not held. */
    released: (line: Line): Promise<void> | undefined => holds.get(line)?.released,
  }
}

export type Intake = ReturnType<typeof createIntake>

import { drained, isClogged } from './backpressure.ts'
import type { MemberSocket } from './member.ts'

type Line = MemberSocket['conn']

/** ws's own, as Engine.IO holds it; a polling transport has none, and its requests wait at the gate instead. */
const webSocketOf = (line: Line) =>
  (line.transport as unknown as { socket?: { pause(): void; resume(): void } } | null)?.socket

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
      line.off('upgrade', pause)
      line.off('close', end)
      webSocketOf(line)?.resume()
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

  return {
    hold,
    /** Holds the line while too much waits for it. One that takes nothing of that is closed, whatever it is. */
    relieve: (line: Line): void => {
      if (clogged.has(line) || !isClogged(line)) return
      clogged.add(line)
      void hold(
        line,
        drained(line).finally(() => clogged.delete(line)),
      )
    },
    /** Resolves when the line is not held. */
    released: (line: Line): Promise<void> | undefined => holds.get(line)?.released,
  }
}

export type Intake = ReturnType<typeof createIntake>

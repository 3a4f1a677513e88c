import { drained, isClogged } from './backpressure.ts'
import type { MemberSocket } from './member.ts'

type Line = MemberSocket['conn']

/** ws's own, as Engine.IO holds it; a polling transport has none, and its requests wait at the gate instead. */
const webSocketOf = (line: Line) =>
  (line.transport as unknown as { socket?: { pause(): void; resume(): void } } | null)?.socket

/**
 * Reads from a line no faster than it takes its answers: while it is held nothing is read, so that TCP pushes back, and
 * what has been read already waits.
 */
export function createIntake() {
  const holds = new Map<Line, { count: number; released: Promise<void>; release: () => void }>()

  function begin(line: Line) {
    const { promise, resolve } = Promise.withResolvers<void>()
    const one = { count: 0, released: promise, release: resolve }
    // An upgrade from polling brings a WebSocket that is not paused.
    const pause = () => webSocketOf(line)?.pause()
    line.on('upgrade', pause)
    void promise.then(() => line.off('upgrade', pause))
    holds.set(line, one)
    pause()
    return one
  }

  /** Reads nothing from a line until `until` is done; it may be held for several reasons at once. */
  async function hold(line: Line, until: Promise<unknown>) {
    const one = holds.get(line) ?? begin(line)
    one.count++
    await until.catch(() => {})
    if (--one.count > 0) return
    holds.delete(line)
    one.release()
    webSocketOf(line)?.resume()
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

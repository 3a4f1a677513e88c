import type { LiveEvent } from './live-event.ts'

/**
 * Events that concern the person also reach a socket that has not joined anything for some seconds, and a slow network
 * may delay a join for that long. These events wait here until the replay of the join reaches their place. If such an
 * event moved the position ahead, the next resume would miss the events before it.
 */
export function createEarlyEvents(emit: (event: LiveEvent) => void) {
  let waiting: LiveEvent[] = []
  return {
    add: (event: LiveEvent): void => void waiting.push(event),
    /** Emits the events up to an offset. */
    emitUpTo: (offset: number): void => {
      const due = waiting.filter(event => event.offset <= offset)
      waiting = waiting.filter(event => event.offset > offset)
      due.forEach(emit)
    },
    /** The connection is gone; the next join replays these events with all others. */
    forget: (): void => void (waiting = []),
  }
}

import type { LiveEvent } from './live-event.ts'

/**
 * What concerns the person comes to a socket that has joined nothing for some seconds, and a slow network may keep a join
 * for so long. Such events wait here until the replay of the join comes to their place: an event that is ahead of it would
 * move the position, and the next resume would miss what was before.
 */
export function createEarlyEvents(emit: (event: LiveEvent) => void) {
  let waiting: LiveEvent[] = []
  return {
    add: (event: LiveEvent): void => void waiting.push(event),
    /** Emits those up to an offset. */
    emitUpTo: (offset: number): void => {
      const due = waiting.filter(event => event.offset <= offset)
      waiting = waiting.filter(event => event.offset > offset)
      due.forEach(emit)
    },
    /** The connection is gone: the next join replays them with everything else. */
    forget: (): void => void (waiting = []),
  }
}

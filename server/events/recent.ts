import type { LogEvent } from './event.ts'

/**
 * The end of the log as this instance has applied it, without a gap. Almost every client that comes back has missed only
 * that, and thousands may come back at once.
 */
export function createRecent({ events: mostEvents, bytes: mostBytes }: { events: number; bytes: number }) {
  let kept: LogEvent[] = []
  let bytes = 0
  /** Everything after this is kept. */
  let start = 0

  return {
    /** Goes on from an offset with nothing before it. */
    startAt: (offset: number) => {
      kept = []
      bytes = 0
      start = offset
    },
    add: (events: readonly LogEvent[]) => {
      kept.push(...events)
      for (const event of events) bytes += event.bytes
      let gone = 0
      while (gone < kept.length && (kept.length - gone > mostEvents || bytes > mostBytes)) {
        bytes -= kept[gone]!.bytes
        start = kept[gone]!.offset
        gone++
      }
      if (gone > 0) kept = kept.slice(gone)
    },
    /** All events after an offset, in order; null when that is longer ago than what is kept. */
    after: (offset: number): LogEvent[] | null => {
      if (offset < start) return null
      // Offsets have no gaps.
      return kept.slice(Math.max(0, offset - start))
    },
  }
}

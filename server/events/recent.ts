import type { LogEvent } from './event.ts'

/**
 * The end of the log as this instance has applied it, without gaps. Almost all clients that reconnect have missed only
 * that part, and thousands may reconnect at once.
 */
export function createRecent({ events: mostEvents, bytes: mostBytes }: { events: number; bytes: number }) {
  let kept: LogEvent[] = []
  let bytes = 0
  /** All events after this offset are kept. */
  let start = 0

  return {
    /** Continues from an offset, with nothing before it. */
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
    /** All events after an offset, in order; null when the offset is older than the kept events. */
    after: (offset: number): LogEvent[] | null => {
      if (offset < start) return null
      // Offsets have no gaps.
      return kept.slice(Math.max(0, offset - start))
    },
  }
}

/** A clock that rises evenly, whatever the computer's clock is set to; for durations. */
export const monotonicMs = (): number => performance.now()

export interface Clock {
  /** The server's time in milliseconds; the computer's own time until the server has sent its time. */
  now(): number
  /**
   * Takes a time that the server has sent: the answer was made between `serverMs` and `serverMs + withinMs`.
   *
   * @param askedAt by `monotonicMs`, when the request was sent
   */
  observe(serverMs: number, withinMs: number, askedAt: number): void
}

interface Sources {
  monotonic?: () => number
  own?: () => number
}

/**
 * The server's clock, derived from its answers. A computer's own clock may be hours off or be set while a page is open,
 * so no time of the server is compared with it. The estimate is kept for as long as no answer contradicts it.
 */
export function createClock({ monotonic = monotonicMs, own = () => Date.now() }: Sources = {}): Clock {
  /** The server's time minus our monotonic clock. */
  let ahead: number | undefined

  return {
    now: () => (ahead === undefined ? own() : ahead + monotonic()),
    observe(serverMs, withinMs, askedAt) {
      if (!Number.isFinite(serverMs)) return
      const least = serverMs - monotonic()
      const most = Math.max(least, serverMs + withinMs - askedAt)
      ahead = ahead === undefined ? least : Math.min(Math.max(ahead, least), most)
    },
  }
}

/** The `Date` header has whole seconds, and a server may use the same value for all answers of a second. */
export const dateWithinMs = 2_000

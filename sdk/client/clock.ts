/** Rises evenly, whatever the computer's clock is set to: for durations. */
export const monotonicMs = (): number => performance.now()

export interface Clock {
  /** What time it is for the server, in milliseconds; the computer's own time until the server has told its. */
  now(): number
  /**
   * The server has said what time it was: not before `toldMs`, and not later than `toldMs + withinMs`.
   *
   * @param askedAt by `monotonicMs`, when what it answered was sent
   */
  hear(toldMs: number, withinMs: number, askedAt: number): void
}

interface Sources {
  monotonic?: () => number
  own?: () => number
}

/**
 * The server's clock, as far as its answers tell. A computer's own clock may be hours off or be set while a page is open,
 * so nothing that the server says is compared with it. What is known is believed for as long as no answer contradicts it.
 */
export function createClock({ monotonic = monotonicMs, own = () => Date.now() }: Sources = {}): Clock {
  /** The server's time less ours that rises evenly. */
  let ahead: number | undefined

  return {
    now: () => (ahead === undefined ? own() : ahead + monotonic()),
    hear(toldMs, withinMs, askedAt) {
      if (!Number.isFinite(toldMs)) return
      const least = toldMs - monotonic()
      const most = Math.max(least, toldMs + withinMs - askedAt)
      ahead = ahead === undefined ? least : Math.min(Math.max(ahead, least), most)
    },
  }
}

/** `Date` has whole seconds, and a server may make one for all answers of a second. */
export const dateWithinMs = 2_000

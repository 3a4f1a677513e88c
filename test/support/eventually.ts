export interface Patience {
  /** Milliseconds until it gives up. */
  within?: number
  /** Milliseconds between two tries. */
  every?: number
}

/** The longest pause between two tries, unless a test wants a longer one. */
const longestPauseMs = 100

/**
 * Tries `check` until it no longer throws, and returns its result. Better than sleeping, which is too short on a slow
 * machine and too long on every other. What takes long is looked at less often, because each look takes processor time
 * from it: the pauses grow to a twentieth of the time waited. Gives up with the last error as the cause.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { within = 30_000, every = 20 }: Patience = {},
): Promise<T> {
  const began = Date.now()
  const end = began + within
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() >= end) {
        const reason = error instanceof Error ? error.message : String(error)
        throw new Error(`not within ${within} ms: ${reason}`, { cause: error })
      }
      const grown = Math.min(longestPauseMs, (Date.now() - began) / 20)
      await new Promise(resolve => setTimeout(resolve, Math.max(every, grown)))
    }
  }
}

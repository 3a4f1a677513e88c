export interface Patience {
  /** Milliseconds until it gives up. */
  within?: number
  /** Milliseconds between two tries. */
  every?: number
}

/**
 * Tries `check` until it no longer throws, and returns its result. Better than sleeping, which is too short on a slow
 * machine and too long on every other. Gives up with the last error as the cause.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { within = 10_000, every = 20 }: Patience = {},
): Promise<T> {
  const end = Date.now() + within
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() >= end) {
        const reason = error instanceof Error ? error.message : String(error)
        throw new Error(`not within ${within} ms: ${reason}`, { cause: error })
      }
      await new Promise(resolve => setTimeout(resolve, every))
    }
  }
}

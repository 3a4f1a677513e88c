import { backoffMs, pause } from '../../sdk/client/backoff.ts'
import { isTaskwireError } from '../../sdk/index.ts'

const backoff = { baseMs: 300, maxMs: 10_000 }

/** What a proxy in between says has no code of ours. */
const passingStatus = new Set([0, 429, 502, 503, 504])

/** The server is not there, or busy, or asks for less; or another attempt of the same call is still under way. */
export const isPassing = (error: unknown): boolean =>
  isTaskwireError(error) &&
  (passingStatus.has(error.status) || (error.code === 'conflict' && error.retryAfterMs !== undefined))

/** Asks again for as long as waiting can help and `withinMs` are not over; the last error is the caller's. */
export async function patiently<T>(call: () => Promise<T>, withinMs: number): Promise<T> {
  const end = Date.now() + withinMs
  for (let attempt = 0; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      const asked = isTaskwireError(error) ? (error.retryAfterMs ?? 0) : 0
      const waitMs = Math.max(asked, backoffMs(attempt, backoff))
      if (!isPassing(error) || Date.now() + waitMs > end) throw error
      await pause(waitMs)
    }
  }
}

import { backoffMs, pause } from '../../sdk/client/backoff.ts'
import { isTaskwireError } from '../../sdk/index.ts'

const backoff = { baseMs: 300, maxMs: 10_000 }

/** Statuses of answers from a proxy in between, which have no error code of ours. */
const passingStatus = new Set([0, 429, 502, 503, 504])

/**
 * Whether the error may pass: the server is not reachable or busy, the limit of calls is reached, or another attempt of
 * the same call is still in progress.
 */
export const isPassing = (error: unknown): boolean =>
  isTaskwireError(error) &&
  (passingStatus.has(error.status) || (error.code === 'conflict' && error.retryAfterMs !== undefined))

/** Repeats a call while waiting can help and `withinMs` have not passed; then throws the last error. */
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

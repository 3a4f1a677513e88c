/** When a delivery is tried again, and how long a receiver may ask to be left alone. */

/** A part of each pause is random, so that not everything comes back at once. */
const jitter = 0.2
const longestPauseMs = 24 * 3600_000

/**
 * The pause in ms after a failed attempt; null when it was the last.
 *
 * @param scheduleS the pauses in seconds
 * @param attempts how many attempts there were
 */
export function pauseAfter(scheduleS: readonly number[], attempts: number, random = Math.random): number | null {
  const seconds = scheduleS[attempts - 1]
  return seconds === undefined ? null : Math.round(seconds * 1_000 * (1 + jitter * random()))
}

/** What `Retry-After` asks for, in ms, a day at most; null when it says nothing that can be read. */
export function retryAfterMs(header: string | string[] | undefined, now: number): number | null {
  const text = (Array.isArray(header) ? header[0] : header)?.trim() ?? ''
  const ms = /^\d{1,10}$/.test(text) ? Number(text) * 1_000 : text === '' ? Number.NaN : Date.parse(text) - now
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), longestPauseMs)
}

import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import type { Count, Counters } from '../ports/counters.ts'

/** Whether a key is one of these or below one; an empty list means all. */
export const isMeant = (keys: readonly string[], key: string): boolean =>
  keys.length === 0 || keys.some(one => key === one || key.startsWith(`${one}:`))

export const countOf = (found: RateLimiterRes | null, windowSeconds: number): Count =>
  // A count is below zero when more was taken back than was left of a window that has ended meanwhile.
  found && found.msBeforeNext > 0
    ? { amount: Math.max(0, found.consumedPoints), leftMs: found.msBeforeNext }
    : { amount: 0, leftMs: windowSeconds * 1_000 }

/** Counts in the memory of the instance. */
export function createMemoryCounters(windowSeconds: number): Counters {
  // The library only counts: which count is too much is judged by those who use it.
  const counter = new RateLimiterMemory({ points: 1, duration: windowSeconds, keyPrefix: '' })
  const forgetHere = (keys: readonly string[]) => {
    const known = counter.dump().storage.map(({ key }) => String(key))
    const meant = known.filter(key => isMeant(keys, key))
    for (const key of meant) void counter.delete(key)
    return meant.length
  }
  return {
    windowSeconds,
    add: async (key, amount) => countOf(await counter.penalty(key, amount), windowSeconds),
    read: async key => countOf(await counter.get(key), windowSeconds),
    forgetHere,
    forget: async keys => forgetHere(keys),
  }
}

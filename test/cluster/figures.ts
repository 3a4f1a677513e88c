import type { Follower } from './follower.ts'
import type { Operation } from './settle.ts'

/** How long after its acknowledgement each write was heard by the last of the followers; in ms, sorted. */
export function lateness(followers: Follower[], operations: Operation[]): number[] {
  const heard = new Map<string, number>()
  for (const { got } of followers)
    for (const { mutationId, heardAt } of got)
      if (mutationId) heard.set(mutationId, Math.max(heard.get(mutationId) ?? 0, heardAt))
  return operations.map(({ key, settledAt }) => (heard.get(key) ?? Infinity) - settledAt).sort((a, b) => a - b)
}

export const quantile = (sorted: number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN

/** A line of figures under a test's title. */
export const tell = (figures: Record<string, number | string>): void =>
  console.log(
    `        ${Object.entries(figures)
      .map(([name, value]) => `${name} ${typeof value === 'number' ? Math.round(value) : value}`)
      .join(', ')}`,
  )

export const tellLateness = (sorted: number[]): void =>
  tell({
    writes: sorted.length,
    'heard by all after (ms): p50': quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    last: sorted.at(-1) ?? NaN,
  })

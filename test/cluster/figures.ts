import type { Follower } from './follower.ts'
import type { Operation } from './settle.ts'

/** How long after its acknowledgement the last of the followers received each write; in ms, sorted. */
export function lateness(followers: Follower[], operations: Operation[]): number[] {
  const received = new Map<string, number>()
  for (const { got } of followers)
    for (const { mutationId, heardAt } of got)
      if (mutationId) received.set(mutationId, Math.max(received.get(mutationId) ?? 0, heardAt))
  return operations.map(({ key, settledAt }) => (received.get(key) ?? Infinity) - settledAt).sort((a, b) => a - b)
}

export const quantile = (sorted: number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN

/** Prints a line of figures under a test's title. */
export const report = (figures: Record<string, number | string>): void =>
  console.log(
    `        ${Object.entries(figures)
      .map(([name, value]) => `${name} ${typeof value === 'number' ? Math.round(value) : value}`)
      .join(', ')}`,
  )

export const reportLateness = (sorted: number[]): void =>
  report({
    writes: sorted.length,
    'received by all after (ms): p50': quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    last: sorted.at(-1) ?? NaN,
  })

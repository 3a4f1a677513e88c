import type { Spread } from '../../../contract/index.ts'
import type { Family } from '../../ports/metrics.ts'

/**
 * How long something took, in milliseconds with two decimals, from the buckets of one or more histograms of seconds with
 * the same bounds.
 */
export function spreadOf(buckets: Family['samples'], count: number, sum: number): Spread {
  if (count === 0) return { count, mean_ms: null, p50_ms: null, p95_ms: null, p99_ms: null }
  const upTo = new Map<number, number>()
  for (const { labels, value } of buckets) {
    const bound = labels.le === '+Inf' ? Infinity : Number(labels.le)
    upTo.set(bound, (upTo.get(bound) ?? 0) + value)
  }
  const cumulated = [...upTo].map(([bound, below]) => ({ bound, below })).toSorted((a, b) => a.bound - b.bound)
  const at = (share: number) => rounded(quantile(cumulated, share * count) * 1000)
  return { count, mean_ms: rounded((sum / count) * 1000), p50_ms: at(0.5), p95_ms: at(0.95), p99_ms: at(0.99) }
}

export const rounded = (value: number) => Math.round(value * 100) / 100

/**
 * The value below which `rank` of the measured ones lie, as if those of a bucket were spread evenly. In the last bucket,
 * which has no end, it is its beginning.
 */
function quantile(buckets: readonly { bound: number; below: number }[], rank: number): number {
  let from = { bound: 0, below: 0 }
  for (const bucket of buckets) {
    if (bucket.below >= rank && bucket.below > from.below) {
      if (bucket.bound === Infinity) return from.bound
      return from.bound + ((rank - from.below) / (bucket.below - from.below)) * (bucket.bound - from.bound)
    }
    from = bucket
  }
  return from.bound
}

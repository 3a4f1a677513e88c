import type { Spread } from '../../../contract/index.ts'
import type { Family } from '../../ports/metrics.ts'

export type Labels = Record<string, string>
type Sample = Family['samples'][number]

/** Metrics at one moment, or what was added to them between two. */
export interface Numbers {
  /** The sum of the samples of this name that have these labels; null without any. */
  find(name: string, labels?: Labels): number | null
  /** The same, with 0 for none. */
  sum(name: string, labels?: Labels): number
  /** The different values of a label. */
  values(name: string, label: string): string[]
  /** A histogram of seconds, of all its series that have these labels. */
  spread(name: string, labels?: Labels): Spread
}

/** @param earlier the same metrics at an earlier moment, when only what came since then should count */
export function numbersOf(families: readonly Family[], earlier: readonly Family[] = []): Numbers {
  const before = new Map(earlier.flatMap(({ samples }) => samples.map(one => [keyOf(one), one.value] as const)))
  const byName = Map.groupBy(
    families.flatMap(({ samples }) =>
      samples.map(one => ({ ...one, value: one.value - (before.get(keyOf(one)) ?? 0) })),
    ),
    ({ name }) => name,
  )
  const matching = (name: string, labels: Labels) =>
    (byName.get(name) ?? []).filter(one => Object.entries(labels).every(([key, value]) => one.labels[key] === value))
  const sumOf = (samples: readonly Sample[]) => samples.reduce((sum, { value }) => sum + value, 0)

  const sum = (name: string, labels: Labels = {}) => sumOf(matching(name, labels))
  return {
    sum,
    find: (name, labels = {}) => {
      const found = matching(name, labels)
      return found.length === 0 ? null : sumOf(found)
    },
    values: (name, label) => [...new Set((byName.get(name) ?? []).map(({ labels }) => String(labels[label] ?? '')))],
    spread: (name, labels = {}) => {
      const buckets = Map.groupBy(matching(`${name}_bucket`, labels), one => boundOf(one.labels.le))
      const cumulated = [...buckets]
        .map(([bound, samples]) => ({ bound, upTo: sumOf(samples) }))
        .toSorted((a, b) => a.bound - b.bound)
      const count = sum(`${name}_count`, labels)
      const at = (share: number) => rounded(quantile(cumulated, share * count) * 1000)
      if (count === 0) return { count, mean_ms: null, p50_ms: null, p95_ms: null, p99_ms: null }
      const mean_ms = rounded((sum(`${name}_sum`, labels) / count) * 1000)
      return { count, mean_ms, p50_ms: at(0.5), p95_ms: at(0.95), p99_ms: at(0.99) }
    },
  }
}

const keyOf = ({ name, labels }: Sample) => `${name} ${Object.values(labels).join(' ')}`
const boundOf = (le: string | number | undefined) => (le === '+Inf' ? Infinity : Number(le))
export const rounded = (value: number) => Math.round(value * 100) / 100

/**
 * The value below which `rank` of the measured ones lie, as if those of a bucket were spread evenly. In the last bucket,
 * which has no end, it is its beginning.
 */
function quantile(buckets: readonly { bound: number; upTo: number }[], rank: number): number {
  let from = { bound: 0, upTo: 0 }
  for (const bucket of buckets) {
    if (bucket.upTo >= rank && bucket.upTo > from.upTo) {
      if (bucket.bound === Infinity) return from.bound
      return from.bound + ((rank - from.upTo) / (bucket.upTo - from.upTo)) * (bucket.bound - from.bound)
    }
    from = bucket
  }
  return from.bound
}

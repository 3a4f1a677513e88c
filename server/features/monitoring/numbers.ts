import type { Spread } from '../../../contract/index.ts'
import type { Family } from '../../ports/metrics.ts'
import { spreadOf } from './spread.ts'

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
  /** The same for each combination of these labels, with the count of the series for which `isOf` holds. */
  spreadsBy<L extends string>(
    name: string,
    by: readonly L[],
    isOf?: (labels: Labels) => boolean,
  ): { labels: Record<L, string>; spread: Spread; counted: number }[]
}

/** @param earlier the same metrics at an earlier moment, when only what came since then should count */
export function numbersOf(families: readonly Family[], earlier: readonly Family[] = []): Numbers {
  const before = new Map(earlier.flatMap(({ samples }) => samples.map(one => [keyOf(one), one.value] as const)))
  const added = families.flatMap(({ samples }) =>
    samples.map(one => ({ ...one, value: one.value - (before.get(keyOf(one)) ?? 0) })),
  )
  const byName = Map.groupBy(added, ({ name }) => name)
  const named = (name: string) => byName.get(name) ?? []
  const matching = (name: string, labels: Labels) => {
    const wanted = Object.entries(labels)
    return named(name).filter(one => wanted.every(([key, value]) => one.labels[key] === value))
  }
  const sum = (name: string, labels: Labels = {}) => sumOf(matching(name, labels))

  return {
    sum,
    find: (name, labels = {}) => {
      const found = matching(name, labels)
      return found.length === 0 ? null : sumOf(found)
    },
    values: (name, label) => [...new Set(named(name).map(({ labels }) => String(labels[label] ?? '')))],
    spread: (name, labels = {}) =>
      spreadOf(matching(`${name}_bucket`, labels), sum(`${name}_count`, labels), sum(`${name}_sum`, labels)),
    // One pass: there are thousands of samples and hundreds of combinations.
    spreadsBy: <L extends string>(name: string, by: readonly L[], isOf: (labels: Labels) => boolean = () => true) => {
      const keyBy = ({ labels }: Sample) => JSON.stringify(by.map(label => labels[label]))
      const [buckets, counts, sums] = ['bucket', 'count', 'sum'].map(part =>
        Map.groupBy(named(`${name}_${part}`), keyBy),
      ) as [Map<string, Sample[]>, Map<string, Sample[]>, Map<string, Sample[]>]
      return [...counts].map(([key, samples]) => ({
        labels: Object.fromEntries(by.map(label => [label, String(samples[0]!.labels[label])])) as Record<L, string>,
        spread: spreadOf(buckets.get(key) ?? [], sumOf(samples), sumOf(sums.get(key) ?? [])),
        counted: sumOf(samples.filter(({ labels }) => isOf(labels as Labels))),
      }))
    },
  }
}

const sumOf = (samples: readonly Sample[]) => samples.reduce((sum, { value }) => sum + value, 0)
const keyOf = ({ name, labels }: Sample) => `${name} ${Object.values(labels).join('\n')}`

/** What is measured: a name by the rules of Prometheus, one line of help, and the names of its labels. */
export interface Measured<L extends string> {
  name: string
  help: string
  /** Their values must come from closed lists (routes, codes), because each combination is kept for ever. */
  labels?: readonly L[]
}

type Values<L extends string> = Readonly<Record<L, string>>

export interface Counter<L extends string> {
  add(labels: Values<L>, count?: number): void
}

export interface Gauge<L extends string> {
  add(labels: Values<L>, difference: number): void
}

export interface Histogram<L extends string> {
  observe(labels: Values<L>, value: number): void
}

/** A present value, with its labels. */
export type Reading<L extends string> = { value: number } & ([L] extends [never]
  ? { labels?: Values<never> }
  : { labels: Values<L> })

/** One metric as it is now. A histogram has, for each set of labels, the count and the sum, and the count up to each bound. */
export interface Family {
  name: string
  type: string
  samples: { name: string; labels: Record<string, string | number>; value: number }[]
}

/**
 * The metrics of one instance. Measuring never waits and never fails, and costs about a microsecond. The numbers begin
 * at zero with each start.
 */
export interface Metrics {
  counter<const L extends string = never>(measured: Measured<L>): Counter<L>
  gauge<const L extends string = never>(measured: Measured<L>): Gauge<L>
  /** @param bounds the upper bounds of the buckets, ascending */
  histogram<const L extends string = never>(measured: Measured<L>, bounds: readonly number[]): Histogram<L>
  /** A metric whose values are read when somebody asks. When reading fails, the metric has no values. */
  reading<const L extends string = never>(
    type: 'gauge' | 'counter',
    measured: Measured<L>,
    read: () => Reading<L>[] | Promise<Reading<L>[]>,
  ): void
  /** @param only the names of those that are wanted */
  families(only?: readonly string[]): Promise<Family[]>
  /** Everything as text for Prometheus. */
  text(): Promise<{ type: string; body: string }>
}

const nothing = { add: () => {}, observe: () => {} }

/** For processes whose numbers nobody reads: commands of the operator. */
export const noMetrics: Metrics = {
  counter: () => nothing,
  gauge: () => nothing,
  histogram: () => nothing,
  reading: () => {},
  families: () => Promise.resolve([]),
  text: () => Promise.resolve({ type: 'text/plain', body: '' }),
}

/** Bounds in seconds for what takes from a millisecond to ten seconds. */
export const secondsBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

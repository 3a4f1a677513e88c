import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Logger } from '../kernel/logger.ts'
import type { Metrics } from '../ports/metrics.ts'

/** The value of a histogram has a name of its own: `…_bucket`. */
type Value = { metricName?: string; labels: object; value: number }

/**
 * Metrics in a registry of their own, because the tests run several servers in one process. The collectors that
 * prom-client brings are not used: they add a listener to the process with each registry and never remove it.
 */
export function createMetrics(log: Logger): Metrics {
  const registry = new Registry()
  const about = ({ name, help, labels = [] }: { name: string; help: string; labels?: readonly string[] }) => ({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
  })

  const readQuietly = async <T>(metric: string, read: () => T[] | Promise<T[]>): Promise<T[]> => {
    try {
      return await read()
    } catch (error) {
      log.debug({ err: error, metric }, 'a metric could not be read')
      return []
    }
  }

  return {
    counter: measured => {
      const counter = new Counter(about(measured))
      return { add: (labels, count = 1) => counter.inc(labels, count) }
    },
    gauge: measured => {
      const gauge = new Gauge(about(measured))
      return { add: (labels, difference) => gauge.inc(labels, difference) }
    },
    histogram: (measured, bounds) => {
      const histogram = new Histogram({ ...about(measured), buckets: [...bounds] })
      return { observe: (labels, value) => histogram.observe(labels, value) }
    },
    reading: (type, measured, read) => {
      const put = async (metric: Counter | Gauge) => {
        const values = await readQuietly(measured.name, read)
        metric.reset()
        // Without labels `reset` leaves a zero, which nobody has read.
        if (!measured.labels) metric.remove({})
        for (const { labels = {}, value } of values) metric.inc(labels, value)
      }
      const kind = type === 'gauge' ? Gauge : Counter
      const metric: Counter | Gauge = new kind({ ...about(measured), collect: () => put(metric) })
    },
    families: async (only = namesIn(registry)) =>
      (await Promise.all(only.flatMap(name => registry.getSingleMetric(name) ?? []).map(metric => metric.get()))).map(
        metric => ({
          name: metric.name,
          type: String(metric.type),
          samples: (metric.values as Value[]).map(({ metricName = metric.name, labels, value }) => ({
            name: metricName,
            labels: labels as Record<string, string | number>,
            value,
          })),
        }),
      ),
    text: async () => ({ type: registry.contentType, body: await registry.metrics() }),
  }
}

const namesIn = (registry: Registry): string[] => registry.getMetricsAsArray().map(({ name }) => name)

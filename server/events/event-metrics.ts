import type { Metrics } from '../ports/metrics.ts'
import type { LogEvent } from './event.ts'

const lagBounds = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/**
 * The way of events in numbers. `recorded` and `sequenced` are counted by the instance that does it, `delivered` by
 * each instance for its own clients.
 */
export function measureEvents(metrics: Metrics) {
  const events = metrics.counter({
    name: 'taskwire_events_total',
    help: 'Events by what was done with them here: recorded, sequenced, delivered',
    labels: ['stage'],
  })
  const lag = metrics.histogram(
    {
      name: 'taskwire_event_lag_seconds',
      help: 'Time from the change to its stage, of the oldest event of each batch; clocks of instances may differ',
      labels: ['stage'],
    },
    lagBounds,
  )
  for (const stage of ['recorded', 'sequenced', 'delivered']) events.add({ stage }, 0)

  const passed = (stage: 'sequenced' | 'delivered', count: number, [oldest]: readonly LogEvent[]) => {
    events.add({ stage }, count)
    if (oldest) lag.observe({ stage }, Math.max(0, Date.now() - Date.parse(oldest.at)) / 1000)
  }

  return {
    recorded: (count: number) => events.add({ stage: 'recorded' }, count),
    sequenced: (count: number, batch: readonly LogEvent[]) => passed('sequenced', count, batch),
    delivered: (batch: readonly LogEvent[]) => passed('delivered', batch.length, batch),
  }
}

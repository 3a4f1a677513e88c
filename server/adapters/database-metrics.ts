import { type Metrics, secondsBounds } from '../ports/metrics.ts'

/** The statements that are sent to PostgreSQL, in numbers. The time includes the wait for a connection. */
export function measureStatements(metrics: Metrics) {
  const durations = metrics.histogram(
    {
      name: 'taskwire_database_query_duration_seconds',
      help: 'Time of a statement from the call to its result, by outcome: ok or error',
      labels: ['outcome'],
    },
    secondsBounds,
  )
  return (began: number, isOk: boolean): void =>
    durations.observe({ outcome: isOk ? 'ok' : 'error' }, (performance.now() - began) / 1000)
}

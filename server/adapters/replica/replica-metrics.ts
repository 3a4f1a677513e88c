import { type Metrics, secondsBounds } from '../../ports/metrics.ts'
import type { Reason } from './unfit.ts'

/** The reads on the replica, in numbers. */
export function measureReplica(metrics: Metrics, pool: { totalCount: number; idleCount: number }) {
  const reads = metrics.counter({ name: 'taskwire_replica_reads_total', help: 'Reads that the replica answered' })
  const instead = metrics.counter({
    name: 'taskwire_replica_misses_total',
    help: 'Reads that the primary answered in place of the replica, by reason',
    labels: ['reason'],
  })
  const waits = metrics.histogram(
    {
      name: 'taskwire_replica_wait_seconds',
      help: 'Time until the replica had what was committed before a read, with the question to the primary',
    },
    secondsBounds,
  )
  metrics.reading(
    'gauge',
    { name: 'taskwire_replica_connections', help: 'Connections to the replica, by state', labels: ['state'] },
    () => [
      { labels: { state: 'busy' }, value: pool.totalCount - pool.idleCount },
      { labels: { state: 'idle' }, value: pool.idleCount },
    ],
  )
  return {
    read: () => reads.add({}),
    missed: (reason: Reason) => instead.add({ reason }),
    waited: (began: number) => waits.observe({}, (performance.now() - began) / 1000),
  }
}

import {
  type HealthReport,
  type ProbeName,
  probeNames,
  type QuantityName,
  quantityNames,
  type SystemMetrics,
} from '../../../contract/index.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Database } from '../../ports/database.ts'
import { readDatabaseSize } from './statistics.queries.ts'

type Values = Record<QuantityName, number | null>

/** Each part's numbers. A probe that rejects has no numbers, and the others go on. */
type Probes = Record<ProbeName, () => Promise<Partial<Values>>>

const timeoutMs = 5_000

export interface ProbeDeps {
  /** The numbers of this instance. */
  systemMetrics: () => Promise<SystemMetrics>
  health: () => Promise<HealthReport>
  database: Database
}

export function createProbes({ systemMetrics, health, database }: ProbeDeps): Probes {
  /** @throws Error when the check of the part failed, so that it has no numbers */
  const part = async (name: ProbeName) => {
    const { status, latency_ms: _, last_error, ...fields } = (await health()).components[name]!
    if (status === 'unhealthy' && Object.keys(fields).length === 0) throw new Error(last_error?.class ?? 'unhealthy')
    const number = (field: string) => (typeof fields[field] === 'number' ? fields[field] : null)
    return { number }
  }

  return {
    process: async () => {
      const { cpu, memory, requests, sockets, events, database: statements, cache } = await systemMetrics()
      return {
        cpu_percent: cpu.percent,
        memory_bytes: memory.rss_bytes,
        heap_used_bytes: memory.heap_used_bytes,
        event_loop_delay_p99_ms: cpu.event_loop_delay_ms.p99,
        requests_per_second: requests.per_second,
        errors_per_second: requests.per_second * requests.error_rate,
        requests_in_flight: requests.in_flight,
        request_p50_ms: requests.recent.p50_ms,
        request_p99_ms: requests.recent.p99_ms,
        sockets: sockets.connections,
        events_per_second: events.delivered_per_second,
        event_lag_p99_ms: events.lag.p99_ms,
        queries_per_second: statements.queries.per_second,
        query_p99_ms: statements.queries.recent.p99_ms,
        database_connections: statements.connections.busy,
        cache_hit_rate: cache.hit_rate,
      }
    },
    events: async () => {
      const { number } = await part('events')
      return { events_behind: number('lag'), outbox_commands: number('outbox') }
    },
    jobs: async () => ({ jobs_queued: (await part('jobs')).number('queued') }),
    database: async () => ({ database_bytes: await database.readWithin(timeoutMs, readDatabaseSize) }),
    storage: async () => ({ disk_free_bytes: (await part('storage')).number('free_bytes') }),
  }
}

/** All numbers, always with every field. Those of a probe that fails are null; the failure is logged and named. */
export async function probe(probes: Probes, log: Logger): Promise<{ values: Values; failed: ProbeName[] }> {
  const failed = new Set<ProbeName>()
  const found = await Promise.all(
    probeNames.map(name =>
      probes[name]().catch((error: unknown) => {
        failed.add(name)
        log.warn({ err: error, probe: name }, 'a part could not be sampled for the statistics')
        return {}
      }),
    ),
  )
  const values: Partial<Values> = Object.assign({}, ...found)
  return {
    values: Object.fromEntries(quantityNames.map(name => [name, values[name] ?? null])) as Values,
    failed: probeNames.filter(name => failed.has(name)),
  }
}

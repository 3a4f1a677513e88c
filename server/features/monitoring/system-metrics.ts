import { availableParallelism, freemem, loadavg, totalmem } from 'node:os'
import type { SystemMetrics } from '../../../contract/index.ts'
import type { Numbers } from './numbers.ts'
import { rounded } from './spread.ts'

/** What the views say, from one reading of the metrics: since the start, and in the last minute. */
export interface Measured {
  all: Numbers
  recent: Numbers
  windowSeconds: number
}

const requests = 'http_request_duration_seconds'
const queries = 'taskwire_database_query_duration_seconds'

/** The answers with 5xx. */
function failuresIn(numbers: Numbers): number {
  const statuses = numbers.values(`${requests}_count`, 'status').filter(isFailure)
  return statuses.reduce((sum, status) => sum + numbers.sum(`${requests}_count`, { status }), 0)
}

export const isFailure = (status: string) => status.startsWith('5')

export const share = (part: number, whole: number) => (whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000)

export function eventLoopDelay({ all }: Measured) {
  const at = (of: string) => {
    const found = all.find('nodejs_eventloop_delay_seconds', { of })
    return found === null ? null : rounded(found * 1000)
  }
  return { p50: at('p50'), p99: at('p99'), max: at('max') }
}

export function systemMetrics(measured: Measured): SystemMetrics {
  const { all, recent, windowSeconds } = measured
  const perSecond = (name: string, labels = {}) => rounded(recent.sum(name, labels) / windowSeconds)
  const memory = (use: string) => all.sum('nodejs_memory_bytes', { use })
  const stage = (of: string) => all.sum('taskwire_events_total', { stage: of })
  const sessions = (outcome: string) => all.sum('taskwire_cache_requests_total', { outcome })
  const [hits, misses] = [sessions('hit'), sessions('miss')]
  const replays = all.values('taskwire_replays_total', 'outcome')

  return {
    window_seconds: rounded(windowSeconds),
    cpu: {
      percent: rounded((recent.sum('process_cpu_seconds_total') / windowSeconds) * 100),
      total_seconds: rounded(all.sum('process_cpu_seconds_total')),
      cores: availableParallelism(),
      load_average: loadavg().map(rounded),
      event_loop_delay_ms: eventLoopDelay(measured),
    },
    memory: {
      rss_bytes: all.sum('process_resident_memory_bytes'),
      heap_used_bytes: memory('heap_used'),
      heap_total_bytes: memory('heap_total'),
      external_bytes: memory('external'),
      system_total_bytes: totalmem(),
      system_free_bytes: freemem(),
    },
    requests: {
      total: all.sum(`${requests}_count`),
      per_second: perSecond(`${requests}_count`),
      in_flight: all.sum('http_requests_in_flight'),
      errors: failuresIn(all),
      error_rate: share(failuresIn(recent), recent.sum(`${requests}_count`)),
      recent: recent.spread(requests),
    },
    sockets: {
      connections: all.sum('taskwire_sockets'),
      behind: all.sum('taskwire_sockets_behind'),
      rooms: all.sum('taskwire_rooms'),
      people: all.sum('taskwire_people'),
      opened: all.sum('taskwire_sockets_opened_total'),
      restarted: all.sum('taskwire_sockets_restarted_total'),
    },
    events: {
      recorded: stage('recorded'),
      sequenced: stage('sequenced'),
      delivered: stage('delivered'),
      delivered_per_second: perSecond('taskwire_events_total', { stage: 'delivered' }),
      replays: Object.fromEntries(replays.map(outcome => [outcome, all.sum('taskwire_replays_total', { outcome })])),
      offset: all.sum('taskwire_event_offset'),
      behind: all.find('taskwire_events_behind'),
      outbox: all.find('taskwire_outbox_commands'),
      lag: recent.spread('taskwire_event_lag_seconds', { stage: 'delivered' }),
    },
    database: {
      queries: {
        total: all.sum(`${queries}_count`),
        per_second: perSecond(`${queries}_count`),
        errors: all.sum(`${queries}_count`, { outcome: 'error' }),
        recent: recent.spread(queries),
      },
      connections: poolIn(all),
    },
    cache: { hits, misses, hit_rate: hits + misses === 0 ? null : share(hits, hits + misses) },
    jobs: {
      queued: all.find('taskwire_jobs_queued'),
      running: all.find('taskwire_jobs_running'),
      waiting_seconds: all.find('taskwire_jobs_waiting_seconds'),
    },
  }
}

export const poolIn = (all: Numbers) => ({
  busy: all.sum('taskwire_database_connections', { state: 'busy' }),
  idle: all.sum('taskwire_database_connections', { state: 'idle' }),
  waiting: all.sum('taskwire_database_waiting'),
})

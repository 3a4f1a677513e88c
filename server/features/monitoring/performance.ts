import type { PerformanceMetrics } from '../../../contract/index.ts'
import type { Numbers } from './numbers.ts'
import { rounded } from './spread.ts'
import { eventLoopDelay, isFailure, type Measured, share } from './system-metrics.ts'

const requests = 'http_request_duration_seconds'
const calls = 'taskwire_socket_call_duration_seconds'
const errors = 'taskwire_errors_total'
const mostEndpoints = 20

/** Which endpoints and calls are slow, and which errors clients get. */
export function performanceMetrics(measured: Measured): PerformanceMetrics {
  const { all, recent, windowSeconds } = measured
  const statuses = all.values(`${requests}_count`, 'status').toSorted()
  return {
    window_seconds: rounded(windowSeconds),
    requests: recent.spread(requests),
    statuses: Object.fromEntries(statuses.map(status => [status, all.sum(`${requests}_count`, { status })])),
    slowest: slowestIn(all),
    slowest_recent: slowestIn(recent),
    socket_calls: all
      .spreadsBy(calls, ['call'], ({ outcome }) => outcome !== 'ok')
      .map(({ labels, spread, counted }) => ({ ...labels, ...spread, refused: counted })),
    errors: all
      .values(errors, 'door')
      .flatMap(door => all.values(errors, 'code').map(code => ({ door, code })))
      .map(labels => ({ ...labels, total: all.sum(errors, labels), recent: recent.sum(errors, labels) }))
      .filter(({ total }) => total > 0)
      .toSorted((a, b) => b.total - a.total),
    event_loop_delay_ms: eventLoopDelay(measured),
  }
}

const slowestIn = (numbers: Numbers): PerformanceMetrics['slowest'] =>
  numbers
    .spreadsBy(requests, ['method', 'route'], ({ status }) => isFailure(status!))
    .filter(({ spread }) => spread.count > 0)
    .toSorted((a, b) => (b.spread.p95_ms ?? 0) - (a.spread.p95_ms ?? 0))
    .slice(0, mostEndpoints)
    .map(({ labels, spread, counted }) => ({
      ...labels,
      ...spread,
      errors: counted,
      error_rate: share(counted, spread.count),
    }))

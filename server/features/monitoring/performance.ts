import type { PerformanceMetrics } from '../../../contract/index.ts'
import type { Numbers } from './numbers.ts'
import { eventLoopDelay, failuresIn, type Measured, share } from './system-metrics.ts'

const requests = 'http_request_duration_seconds'
const calls = 'taskwire_socket_call_duration_seconds'
const errors = 'taskwire_errors_total'
const mostEndpoints = 20

/** Which endpoints and calls are slow, and which errors clients get. */
export function performanceMetrics(measured: Measured): PerformanceMetrics {
  const { all, recent, windowSeconds } = measured
  const statuses = all.values(`${requests}_count`, 'status').toSorted()
  return {
    window_seconds: Math.round(windowSeconds * 100) / 100,
    requests: recent.spread(requests),
    statuses: Object.fromEntries(statuses.map(status => [status, all.sum(`${requests}_count`, { status })])),
    slowest: slowestIn(all),
    slowest_recent: slowestIn(recent),
    socket_calls: all.values(`${calls}_count`, 'call').map(call => ({
      call,
      ...all.spread(calls, { call }),
      refused: all.sum(`${calls}_count`, { call }) - all.sum(`${calls}_count`, { call, outcome: 'ok' }),
    })),
    errors: all
      .values(errors, 'door')
      .flatMap(door => all.values(errors, 'code').map(code => ({ door, code })))
      .map(labels => ({ ...labels, total: all.sum(errors, labels), recent: recent.sum(errors, labels) }))
      .filter(({ total }) => total > 0)
      .toSorted((a, b) => b.total - a.total),
    event_loop_delay_ms: eventLoopDelay(measured),
  }
}

function slowestIn(numbers: Numbers): PerformanceMetrics['slowest'] {
  const routes = numbers.values(`${requests}_count`, 'route')
  const methods = numbers.values(`${requests}_count`, 'method')
  return routes
    .flatMap(route => methods.map(method => ({ method, route })))
    .map(labels => ({ labels, spread: numbers.spread(requests, labels) }))
    .filter(({ spread }) => spread.count > 0)
    .toSorted((a, b) => (b.spread.p95_ms ?? 0) - (a.spread.p95_ms ?? 0))
    .slice(0, mostEndpoints)
    .map(({ labels, spread }) => {
      const failures = failuresIn(numbers, labels)
      return { ...labels, ...spread, errors: failures, error_rate: share(failures, spread.count) }
    })
}

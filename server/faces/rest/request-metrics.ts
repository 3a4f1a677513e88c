import { METHODS } from 'node:http'
import { type Metrics, secondsBounds } from '../../ports/metrics.ts'

const methods = new Set(METHODS)

/**
 * The requests in numbers. They are told apart by the route that answered (`/tasks/:id`), because each address that a
 * client invents would be kept for ever.
 */
export function measureRequests(metrics: Metrics) {
  const durations = metrics.histogram(
    {
      name: 'http_request_duration_seconds',
      help: 'Time from the head of a request until its answer is made, by the route that answered',
      labels: ['method', 'route', 'status'],
    },
    secondsBounds,
  )
  const inFlight = metrics.gauge({ name: 'http_requests_in_flight', help: 'Requests without an answer yet' })
  inFlight.add({}, 0)

  return {
    began: () => inFlight.add({}, 1),
    ended: (of: { method: string; route: string | undefined; status: number; seconds: number }) => {
      inFlight.add({}, -1)
      const method = methods.has(of.method) ? of.method : 'other'
      durations.observe({ method, route: of.route ?? 'none', status: String(of.status) }, of.seconds)
    },
  }
}

export type RequestMetrics = ReturnType<typeof measureRequests>

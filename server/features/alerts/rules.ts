import type { AlertSeverity, HealthReport, PerformanceMetrics, SystemMetrics } from '../../../contract/index.ts'

/** What an instance has seen, and what makes it an alert. */
export interface Seen {
  name: string
  severity: AlertSeverity
  message: string
  details: Record<string, unknown>
}

/** From where an alert begins; 0 switches it off. */
export interface Thresholds {
  errorRate: number
  eventLagMs: number
  diskFreeMb: number
  rateLimitedPerMinute: number
  refusedSignInsPerMinute: number
  deadLettersPerHour: number
}

export interface Readings {
  health: HealthReport
  system: SystemMetrics
  performance: PerformanceMetrics
  troubles: { backup_error: string | null; webhooks: number; deliveries: number }
}

/** With fewer requests a share says nothing. */
const leastRequests = 20

/** Everything that an administrator should look at now. */
export function seenIn({ health, system, performance, troubles }: Readings, limits: Thresholds): Seen[] {
  const perMinute = (code: string) =>
    performance.errors.filter(one => one.code === code).reduce((sum, { recent }) => sum + recent, 0)
  const beyond = (threshold: number, value: number | null | undefined) =>
    threshold > 0 && value !== null && value !== undefined && value >= threshold

  const seen: (Seen | false)[] = [
    ...Object.entries(health.components).map(
      ([name, { status, last_error, reason }]) =>
        status !== 'healthy' && {
          name: `health_${name}`,
          severity: status === 'unhealthy' ? ('critical' as const) : ('warning' as const),
          message: `${name} is ${status}`,
          details: { status, ...(reason !== undefined && { reason }), ...(last_error && { last_error }) },
        },
    ),
    beyond(limits.errorRate, system.requests.error_rate) &&
      system.requests.recent.count >= leastRequests && {
        name: 'error_rate',
        severity: 'critical',
        message: `${Math.round(system.requests.error_rate * 100)} % of the requests of the last minute failed`,
        details: { error_rate: system.requests.error_rate, requests: system.requests.recent.count },
      },
    beyond(limits.eventLagMs, system.events.lag.p99_ms) && {
      name: 'event_lag',
      severity: 'warning',
      message: `Changes take up to ${Math.round(system.events.lag.p99_ms! / 100) / 10} s to reach people`,
      details: { lag_p99_ms: system.events.lag.p99_ms, behind: system.events.behind },
    },
    ...diskOf(health, limits),
    beyond(limits.rateLimitedPerMinute, perMinute('rate_limited')) && {
      name: 'rate_limited',
      severity: 'warning',
      message: `${perMinute('rate_limited')} requests of the last minute were refused because somebody sent too many`,
      details: { rate_limited: perMinute('rate_limited') },
    },
    beyond(limits.refusedSignInsPerMinute, perMinute('invalid_credentials')) && {
      name: 'refused_sign_ins',
      severity: 'warning',
      message: `${perMinute('invalid_credentials')} sign-ins of the last minute had a wrong password`,
      details: { refused: perMinute('invalid_credentials') },
    },
    troubles.backup_error !== null && {
      name: 'backup_failed',
      severity: 'critical',
      message: 'The last backup failed',
      details: { error: troubles.backup_error },
    },
    troubles.webhooks > 0 && {
      name: 'webhooks_failing',
      severity: 'warning',
      message: `${troubles.webhooks} webhooks were given up within the last hour`,
      details: { webhooks: troubles.webhooks },
    },
    beyond(limits.deadLettersPerHour, troubles.deliveries) && {
      name: 'dead_letters',
      severity: 'warning',
      message: `${troubles.deliveries} deliveries to webhooks were given up within the last hour`,
      details: { deliveries: troubles.deliveries },
    },
  ]
  return seen.filter(one => one !== false)
}

function diskOf({ components }: HealthReport, { diskFreeMb }: Thresholds): Seen[] {
  const free = components['storage']?.['free_bytes']
  if (typeof free !== 'number' || diskFreeMb === 0 || free >= diskFreeMb * 1024 * 1024) return []
  const message = `${Math.round(free / 1024 / 1024)} MiB are free for files`
  return [{ name: 'disk', severity: 'critical', message, details: { free_bytes: free } }]
}

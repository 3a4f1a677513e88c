import packageJson from '../package.json' with { type: 'json' }
import type { RedisLink } from './adapters/redis-link.ts'
import type { PostgresDatabase } from './adapters/database.ts'
import { createChecks } from './checks.ts'
import type { Config } from './config.ts'
import type { Events } from './events/index.ts'
import { createAlerts } from './features/alerts/index.ts'
import type { Accounts } from './features/accounts/index.ts'
import type { Jobs } from './features/jobs/index.ts'
import { createMonitoring } from './features/monitoring/index.ts'
import { createStatistics } from './features/statistics/index.ts'
import { measureState, type StateDeps } from './gauges.ts'
import { createHealth } from './kernel/health.ts'
import type { Logger } from './kernel/logger.ts'
import type { Mail } from './ports/mail.ts'
import type { Metrics } from './ports/metrics.ts'
import type { FileStorage } from './ports/storage.ts'
import { measureProcess } from './process/process-metrics.ts'
import type { Tuning } from './tuning.ts'

export interface ObservabilityDeps {
  config: Config
  database: PostgresDatabase
  redis: RedisLink | null
  events: Events
  sockets: StateDeps['sockets']
  accounts: Accounts
  jobs: Jobs
  storage: FileStorage
  mail: Mail
  metrics: Metrics
  log: Logger
  tuning: Tuning
  /** Whether the instance is stopping. */
  draining: () => boolean
  /** Where this instance listens; null while it does not. */
  ownAddress: () => string | null
}

/** What administrators see of the server itself: health, metrics, their history, alerts. */
export async function createObservability(deps: ObservabilityDeps) {
  const { config, database, redis, events, sockets, accounts, jobs, storage, mail, metrics, log, tuning } = deps
  const { version } = packageJson
  const { command, reader } = events

  const health = createHealth({
    version,
    checks: createChecks({ database, redis, events, sockets, storage, jobs }),
    vital: ['database', 'events'],
    draining: deps.draining,
  })
  measureState(metrics, { health: health.detailed, sockets, reader, database })
  const processMetrics = measureProcess(metrics)
  const monitoring = await createMonitoring({
    metrics,
    database,
    health: health.detailed,
    reader,
    accounts,
    ownAddress: deps.ownAddress,
    about: {
      version,
      environment: config.nodeEnv,
      redis: redis !== null,
      storage: config.storage,
      mail: mail.isSent,
      retentionHours: config.eventRetentionHours,
    },
  })
  const { systemMetrics, performance } = monitoring
  const statistics = createStatistics({ systemMetrics, health: health.detailed, database, log })
  const alerts = createAlerts({
    database,
    command,
    health: health.detailed,
    systemMetrics,
    performance,
    thresholds: {
      errorRate: config.alertErrorRate,
      eventLagMs: config.alertEventLagMs,
      diskFreeMb: config.alertDiskFreeMb,
      rateLimitedPerMinute: config.alertRateLimitedPerMinute,
      refusedSignInsPerMinute: config.alertRefusedSignInsPerMinute,
      deadLettersPerHour: config.alertDeadLettersPerHour,
    },
    clearAfterMs: tuning.alerts?.clearAfterMs ?? 60_000,
  })

  return {
    /** What REST serves of them. */
    handlers: {
      health,
      monitoring: monitoring.monitoring,
      statistics: statistics.statistics,
      alerts: alerts.alerts,
    },
    sample: statistics.sample,
    watchForAlerts: alerts.watch,
    cleanUps: [statistics.cleanUp, alerts.cleanUp],
    close: () => {
      processMetrics.close()
      monitoring.close()
    },
  }
}

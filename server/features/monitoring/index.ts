import { availableParallelism, totalmem } from 'node:os'
import type { HealthReport, monitoring, SystemInfo, SystemMetrics } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Database } from '../../ports/database.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { readPeopleInNumbers } from '../accounts/index.ts'
import { readServer, readTables } from './monitoring.queries.ts'
import { numbersOf } from './numbers.ts'
import { performanceMetrics } from './performance.ts'
import { rounded } from './spread.ts'
import { type Measured, poolIn, systemMetrics } from './system-metrics.ts'
import { createValidation, type ValidationDeps } from './validation.ts'
import { createWindow } from './window.ts'

/** Statements of the views may not take longer: they must not add to the trouble that somebody looks for. */
const patienceMs = 2_000

const queries = 'taskwire_database_query_duration_seconds'

export interface MonitoringDeps extends ValidationDeps {
  metrics: Metrics
  database: Database
  health: () => Promise<HealthReport>
  /** The position in the event log. */
  reader: { readonly epoch: string; readonly offset: number }
  about: Pick<SystemInfo, 'version' | 'environment' | 'redis' | 'storage' | 'mail'> & { retentionHours: number }
}

export interface Monitoring {
  monitoring: Handlers<typeof monitoring>
  systemMetrics(): Promise<SystemMetrics>
  close(): void
}

/** What administrators see of the instance that answers: its numbers, from the same registry as `/metrics`. */
export async function createMonitoring(deps: MonitoringDeps): Promise<Monitoring> {
  const { metrics, database, health, reader, about } = deps
  const window = await createWindow(metrics)
  const startedAt = Date.now()

  async function measure(): Promise<Measured> {
    const families = await metrics.families()
    const { families: earlier, seconds } = window.past()
    return { all: numbersOf(families), recent: numbersOf(families, earlier), windowSeconds: seconds }
  }

  const readSystem = async () => systemMetrics(await measure())

  return {
    monitoring: {
      ...createValidation(deps),
      systemHealth: health,
      systemMetrics: readSystem,
      adminMetrics: async () => ({
        ...(await database.readWithin(patienceMs, readPeopleInNumbers)),
        system: await readSystem(),
      }),
      performance: async () => performanceMetrics(await measure()),
      database: async () => {
        const found = await database.readWithin(patienceMs, async tx => ({
          server: await readServer(tx),
          tables: await readTables(tx),
        }))
        const { all, recent, windowSeconds } = await measure()
        const total = all.sum(`${queries}_count`)
        return {
          window_seconds: rounded(windowSeconds),
          queries: {
            total,
            errors: all.sum(`${queries}_count`, { outcome: 'error' }),
            per_second: rounded(recent.sum(`${queries}_count`) / windowSeconds),
            all: all.spread(queries),
            recent: recent.spread(queries),
          },
          pool: poolIn(all),
          ...found,
        }
      },
      info: async () => {
        const { retentionHours, ...rest } = about
        const { version } = await database.readWithin(patienceMs, readServer)
        return {
          ...rest,
          started_at: new Date(startedAt).toISOString(),
          uptime_seconds: Math.round((Date.now() - startedAt) / 1000),
          node: process.version,
          platform: process.platform,
          architecture: process.arch,
          process_id: process.pid,
          cores: availableParallelism(),
          memory_bytes: totalmem(),
          database: { version },
          event_log: { epoch: reader.epoch, offset: reader.offset, retention_hours: retentionHours },
        }
      },
    },
    systemMetrics: readSystem,
    close: window.close,
  }
}

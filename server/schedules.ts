import type { Config } from './config.ts'
import type { Logger } from './kernel/logger.ts'
import type { Database } from './ports/database.ts'
import { createHousekeeping, hourMs } from './process/housekeeping.ts'
import { schedule } from './process/schedule.ts'
import type { Tuning } from './tuning.ts'

type Work = () => Promise<void>
type CleanUp = Parameters<typeof createHousekeeping>[0]['cleanUps'][number]

/** Begins all work that is done again and again. */
export function startSchedules(deps: {
  config: Pick<Config, 'eventRetentionHours'>
  database: Database
  features: {
    cleanUps: readonly CleanUp[]
    notifyDueSoon: Work
    keepAudit: Work
    keys: { usage: { write: Work } }
    runBackupSchedule: Work
  }
  observability: { cleanUps: readonly CleanUp[]; watchForAlerts: Work; sample: Work }
  tuning: Tuning
  log: Logger
}) {
  const { config, database, features, observability, tuning, log } = deps
  const tidy = createHousekeeping({
    database,
    retentionHours: config.eventRetentionHours,
    cleanUps: [...features.cleanUps, ...observability.cleanUps],
  })
  return [
    schedule('housekeeping', { everyMs: tuning.tidyMs ?? hourMs, firstMs: tuning.firstTidyMs ?? 5_000 }, tidy, log),
    schedule('notifying of what is due soon', { everyMs: tuning.dueSoonMs ?? 60_000 }, features.notifyDueSoon, log),
    schedule('watching for alerts', { everyMs: tuning.alerts?.everyMs ?? 10_000 }, observability.watchForAlerts, log),
    schedule('sampling of the statistics', { everyMs: tuning.sampleMs ?? 15_000 }, observability.sample, log),
    schedule('linking of the audit log', { everyMs: tuning.sealMs ?? 1_000 }, () => features.keepAudit(), log),
    schedule('usage of API keys', { everyMs: tuning.keyUsageMs ?? 2_000 }, features.keys.usage.write, log),
    schedule('scheduled backups', { everyMs: tuning.backupScheduleMs ?? 600_000 }, features.runBackupSchedule, log),
  ]
}

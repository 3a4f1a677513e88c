import type { backups as contract } from '../../../contract/index.ts'
import type { Command } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Backups } from '../../ports/backups.ts'
import type { Database } from '../../ports/database.ts'
import type { Jobs } from '../jobs/index.ts'
import { createBackupJob } from './backup-job.ts'
import { createBackupCleanUp, createBackupSchedule } from './backup-schedule.ts'
import { createBackupService } from './backups.service.ts'
import { createRestoreJob } from './restore-job.ts'
import { createRestoreService } from './restore.service.ts'
import { takeOver } from './take-over.ts'

export { createMaintenance, lookMs as maintenanceLookMs, type Maintenance } from './maintenance.ts'
export { createBackupRecords } from './backup-records.ts'
export { takeOver } from './take-over.ts'

export interface BackupFeatureDeps {
  database: Database
  command: Command
  jobs: Pick<Jobs, 'register' | 'enqueue'>
  backups: Backups
  log: Logger
  everyHours: number
  keep: number
}

export interface BackupFeature {
  backups: Handlers<typeof contract>
  /** Makes a scheduled backup if it is time. */
  runSchedule(): Promise<void>
  cleanUp(): Promise<void>
}

/** Backups for administrators: made and put back by jobs. */
export function createBackupFeature(deps: BackupFeatureDeps): BackupFeature {
  deps.jobs.register(createBackupJob(deps))
  deps.jobs.register(createRestoreJob({ ...deps, takeOver }))
  return {
    backups: { ...createBackupService(deps), ...createRestoreService(deps) },
    runSchedule: createBackupSchedule(deps),
    cleanUp: createBackupCleanUp(deps),
  }
}

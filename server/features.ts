import type { PostgresDatabase } from './adapters/database.ts'
import { createImages } from './adapters/images-sharp.ts'
import { createJobQueue } from './adapters/jobs-graphile.ts'
import { createMail } from './adapters/mail-smtp.ts'
import { createOutbound } from './adapters/outbound-http.ts'
import { openBackups } from './backups.ts'
import type { Config } from './config.ts'
import type { Command } from './events/index.ts'
import { createAccounts } from './features/accounts/index.ts'
import { createBackupFeature } from './features/backups/index.ts'
import { createImports } from './features/imports/index.ts'
import { createJobs, type JobDeps, type JobType } from './features/jobs/index.ts'
import { createMedia, createPresent, createRecordMoved } from './features/media/index.ts'
import { letGo } from './features/posts/index.ts'
import { createDueNoticesCleanUp, createDueSoon, createTasks } from './features/tasks/index.ts'
import { createVideos } from './features/videos/index.ts'
import type { Metrics } from './ports/metrics.ts'
import { basePathOf } from './kernel/base-path.ts'
import type { Logger } from './kernel/logger.ts'
import { createPlainFeatures } from './plain-features.ts'
import { openStorage } from './storage.ts'

export interface FeatureDeps extends Pick<JobDeps, 'peers' | 'emit' | 'backoffMs'> {
  config: Config
  databaseUrl: string
  migrationUrl: string | null
  jwtSecret: string
  database: PostgresDatabase
  command: Command
  log: Logger
  metrics: Metrics
  /** Tells the instances that maintenance begins or ends, and how often they look by themselves. */
  maintenance: { announce(): void; lookMs?: number | undefined }
  /** Further types of jobs. */
  jobTypes?: readonly JobType[]
}

/** Creates all features; each gets its ports and the few other features that it needs. */
export async function createFeatures(deps: FeatureDeps) {
  const {
    config,
    databaseUrl,
    migrationUrl,
    maintenance,
    jwtSecret,
    database,
    command,
    peers,
    log,
    metrics,
    emit,
    backoffMs,
    jobTypes = [],
  } = deps
  const { storage, temporaryFiles } = await openStorage(config)
  const queue = createJobQueue({ url: databaseUrl, database, log })
  const jobs = createJobs({ database, command, queue, peers, log, emit, backoffMs })
  for (const type of jobTypes) jobs.register(type)
  const mail = createMail(config.smtpUrl, config.mailFrom, log)
  const accounts = createAccounts({ database, command, jobs, config: { ...config, jwtSecret }, mail, log, metrics })
  const present = createPresent(basePathOf(config.publicUrl))
  const tasks = createTasks({ database, command, recordFollowing: createRecordMoved(present) })
  const quota = { bytes: config.mediaQuotaMb * 1024 * 1024, files: config.mediaQuotaFiles }
  const images = createImages({ log })
  const media = createMedia({ database, command, storage, temporaryFiles, images, log, present, quota, letGo })
  const imports = createImports({ command, storage, temporaryFiles, jobs, maxBytes: config.importMaxMb * 1024 * 1024 })
  const stored = await openBackups({ config, databaseUrl, migrationUrl, storage, temporaryFiles, log, ...maintenance })
  const schedule = { everyHours: config.backupEveryHours, keep: config.backupKeep }
  // Erasures since the backup are erased again by functions in `eraseAgain`.
  const backups = createBackupFeature({ database, command, jobs, backups: stored, log, ...schedule, eraseAgain: [] })
  const outbound = createOutbound({ allowPrivate: config.outboundAllowPrivate })
  const oembed = { youtube: config.oembedYoutubeUrl, vimeo: config.oembedVimeoUrl }

  return {
    accounts,
    tasks,
    jobs,
    media,
    imports,
    images,
    storage,
    mail,
    /** What REST serves of them. */
    handlers: {
      ...createPlainFeatures({ database, command }),
      accounts: accounts.accounts,
      people: accounts.people,
      adminUsers: accounts.adminUsers,
      tasks,
      media: media.media,
      videos: createVideos({ database, command, jobs, outbound, oembed }),
      jobs: jobs.jobs,
      backups: backups.backups,
    },
    /** The clean-ups of the features, which the housekeeping runs. */
    cleanUps: [
      accounts.cleanUp,
      media.cleanUp,
      imports.cleanUp,
      jobs.cleanUp,
      createDueNoticesCleanUp({ database }),
      backups.cleanUp,
    ],
    runBackupSchedule: backups.runSchedule,
    notifyDueSoon: createDueSoon({ command }),
  }
}

import { createCache } from './adapters/cache-memory.ts'
import { createSharedEntries } from './adapters/cache-redis.ts'
import type { PostgresDatabase } from './adapters/database.ts'
import { createImages } from './adapters/images-sharp.ts'
import { createMemoryCounters } from './adapters/counters-memory.ts'
import { createRedisCounters } from './adapters/counters-redis.ts'
import { createJobQueue } from './adapters/jobs-graphile.ts'
import { createMail } from './adapters/mail-smtp.ts'
import { createOutbound, createOutboundCheck } from './adapters/outbound-http.ts'
import type { RedisLink } from './adapters/redis-link.ts'
import { openBackups } from './backups.ts'
import type { Config } from './config.ts'
import type { Command } from './events/index.ts'
import { createAccounts, type PasswordCost, provisioning } from './features/accounts/index.ts'
import { createAuditChain } from './features/audit/index.ts'
import { createBackupFeature } from './features/backups/index.ts'
import { createExports } from './features/exports/index.ts'
import { createFlags } from './features/flags/index.ts'
import { createGdpr, personalExport } from './features/gdpr/index.ts'
import { createImports } from './features/imports/index.ts'
import { createJobs, type JobDeps, type JobType } from './features/jobs/index.ts'
import { createKeys } from './features/keys/index.ts'
import { createLimits } from './features/limits/index.ts'
import { createMedia, createPersonalFiles, createPresent, createRecordMoved } from './features/media/index.ts'
import { letGo } from './features/posts/index.ts'
import { createScimUsers } from './features/scim/index.ts'
import { createDueNoticesCleanUp, createDueSoon, createTasks } from './features/tasks/index.ts'
import { createVideos } from './features/videos/index.ts'
import { createWebhooks, type SendingTuning } from './features/webhooks/index.ts'
import type { Metrics } from './ports/metrics.ts'
import type { Tracing } from './ports/tracing.ts'
import { basePathOf } from './kernel/base-path.ts'
import { measureCaches } from './kernel/cache-metrics.ts'
import type { Logger } from './kernel/logger.ts'
import { secretsOf } from './kernel/secrets-of.ts'
import { openProviders } from './identity-providers.ts'
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
  tracing: Tracing
  redis: RedisLink | null
  /** Tells the instances that maintenance begins or ends, and how often they look by themselves. */
  maintenance: { announce(): void; lookMs?: number | undefined }
  /** Further types of jobs. */
  jobTypes?: readonly JobType[]
  webhookTuning?: SendingTuning | undefined
  /** A minute by default. */
  limitWindowSeconds?: number | undefined
  passwordCost?: PasswordCost | undefined
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
    tracing,
    redis,
    emit,
    backoffMs,
    jobTypes = [],
    limitWindowSeconds = 60,
  } = deps
  const { storage, temporaryFiles } = await openStorage(config)
  const queue = createJobQueue({ url: databaseUrl, database, log })
  const jobs = createJobs({ database, command, queue, peers, log, emit, backoffMs })
  for (const type of jobTypes) jobs.register(type)
  const countLookUp = measureCaches(metrics)
  const shared = redis && createSharedEntries(redis)
  const cache = createCache({ peers, shared, count: outcome => countLookUp('answers', outcome) })
  const mail = createMail(config.smtpUrl, config.mailFrom, log)
  const counters = redis
    ? createRedisCounters(redis, limitWindowSeconds, log)
    : createMemoryCounters(limitWindowSeconds)
  const limits = createLimits({ config, counters, database, command, peers })
  const keys = createKeys({ database, command, secrets: secretsOf({ ...config, jwtSecret }), countLookUp })
  const accounts = createAccounts({
    providers: await openProviders(config),
    database,
    command,
    jobs,
    config: { ...config, jwtSecret },
    mail,
    signInLimits: limits.signIns,
    log,
    alsoForget: ({ user_id }) => keys.forgetKeys({ user_id }),
    countLookUp,
    passwordCost: deps.passwordCost,
  })
  const basePath = basePathOf(config.publicUrl)
  const present = createPresent(basePath)
  const tasks = createTasks({ database, command, recordFollowing: createRecordMoved(present) })
  const quota = { bytes: config.mediaQuotaMb * 1024 * 1024, files: config.mediaQuotaFiles }
  const images = createImages({ log })
  const media = createMedia({ database, command, storage, temporaryFiles, images, log, present, quota, letGo })
  const imports = createImports({
    command,
    storage,
    temporaryFiles,
    jobs,
    maxBytes: config.importMaxMb * 1024 * 1024,
    hasReplica: config.databaseReplicaUrl !== undefined,
  })
  const chain = createAuditChain({ database, jwtSecret, log })
  const plain = createPlainFeatures({ database, command, cache, chain })
  const files = { database, command, storage, temporaryFiles, jobs }
  const kinds = { personal: personalExport(createPersonalFiles({ storage, present })) }
  const exports = createExports({ ...files, kinds, hours: config.exportHours, basePath })
  const gdpr = createGdpr({
    ...files,
    accounts,
    media,
    beginExport: exports.begin,
    removeExports: exports.removeExpired,
    log,
  })
  const stored = await openBackups({ config, databaseUrl, migrationUrl, storage, temporaryFiles, log, ...maintenance })
  const schedule = { everyHours: config.backupEveryHours, keep: config.backupKeep }
  const backups = createBackupFeature({ database, command, jobs, backups: stored, log, ...schedule })
  const outbound = createOutbound({ allowPrivate: config.outboundAllowPrivate })
  const flags = createFlags({ database, command })
  for (const kept of [accounts.keptSessions, keys.keptKeys, flags.kept]) cache.include(kept)
  const webhooks = createWebhooks({
    database,
    command,
    peers,
    outbound,
    check: createOutboundCheck({ allowPrivate: config.outboundAllowPrivate }),
    metrics,
    tracing,
    log,
    secrets: secretsOf({ ...config, jwtSecret }),
    scheduleS: config.webhookRetrySchedule,
    tuning: deps.webhookTuning,
  })
  const oembed = { youtube: config.oembedYoutubeUrl, vimeo: config.oembedVimeoUrl }

  return {
    accounts,
    keys,
    limits,
    tasks,
    jobs,
    media,
    imports,
    flags,
    exports,
    images,
    storage,
    mail,
    webhooks,
    scim: createScimUsers({ database, command, provisioning, forget: accounts.forget }),
    /** What REST serves of them. */
    handlers: {
      ...plain,
      audit: { ...plain.audit, ...exports.audit },
      exports: exports.exports,
      gdpr: gdpr.gdpr,
      accounts: accounts.accounts,
      apiKeys: keys.apiKeys,
      people: accounts.people,
      twoFactor: accounts.twoFactor,
      identities: accounts.identities,
      adminUsers: accounts.adminUsers,
      tasks,
      media: media.media,
      videos: createVideos({ database, command, jobs, outbound, oembed }),
      jobs: jobs.jobs,
      flags: flags.flags,
      webhooks: webhooks.webhooks,
      rateLimits: limits.rateLimits,
      backups: backups.backups,
    },
    /** The clean-ups of the features, which the housekeeping runs. */
    cleanUps: [
      accounts.cleanUp,
      keys.cleanUp,
      media.cleanUp,
      imports.cleanUp,
      exports.cleanUp,
      gdpr.cleanUp,
      jobs.cleanUp,
      webhooks.cleanUp,
      createDueNoticesCleanUp({ database }),
      backups.cleanUp,
    ],
    /** Drops everything that is kept of the data: other ones are in their place, after a restore. */
    forgetAll: () => {
      flags.forget()
      accounts.keptSessions.drop()
      keys.keptKeys.drop()
      void cache.clear({ all: true })
    },
    /** Stores and links what is new in the audit log; `all` at the end of the process. */
    keepAudit: async (all = false) => {
      await accounts.writeActs(all)
      await chain.seal()
    },
    runBackupSchedule: backups.runSchedule,
    notifyDueSoon: createDueSoon({ command }),
  }
}

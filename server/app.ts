import { randomUUID } from 'node:crypto'
import packageJson from '../package.json' with { type: 'json' }
import { openDatabase } from './adapters/database.ts'
import { migrate } from './adapters/database-migration.ts'
import { createMetrics } from './adapters/metrics-prometheus.ts'
import { mayTamper } from './adapters/database-roles.ts'
import type { Config } from './config.ts'
import { createEvents } from './events/index.ts'
import {
  apiHeaders,
  createCursors,
  createFlagStreams,
  createReceiving,
  createRestFace,
  defaultPace,
} from './faces/rest/index.ts'
import { createSocketFace, createSocketServer } from './faces/socket/index.ts'
import { createMaintenance } from './features/backups/index.ts'
import { createEventLog } from './features/rooms/index.ts'
import { basePathOf } from './kernel/base-path.ts'
import { measureErrors } from './kernel/error-metrics.ts'
import type { Logger } from './kernel/logger.ts'
import { createUnread } from './kernel/unread.ts'
import { createDrain } from './process/drain.ts'
import { createFeatures } from './features.ts'
import { createObservability } from './observability.ts'
import { addressOf, listen } from './process/listen.ts'
import { openHttp } from './http.ts'
import { openPeers, openRedis } from './peers.ts'
import { startSchedules } from './schedules.ts'
import { openTracing } from './tracing.ts'
import type { Tuning } from './tuning.ts'

export interface AppDeps {
  config: Config
  /** The URL of the serving role. */
  databaseUrl: string
  /** The URL of the migrating role; null when it is the same. */
  migrationUrl: string | null
  jwtSecret: string
  /** The built page; null when there is none. */
  pageDir: string | null
  log: Logger
  tuning?: Tuning
}

export interface App {
  listen(port: number, host: string): Promise<{ port: number }>
  /**
   * Lets requests finish, tells sockets to reconnect elsewhere, and closes the database. For `lingerMs` it still
   * answers requests, because a load balancer in front has to notice first that the instance is no longer ready.
   */
  close(options?: { lingerMs?: number }): Promise<void>
  /** The first administrator. The password is given only when this start generated it. */
  admin: { email: string; password: string | null } | null
}

/** The composition root. With `createFeatures` it is the only place that knows all parts. */
export async function createApp(deps: AppDeps): Promise<App> {
  const { config, migrationUrl, jwtSecret, pageDir, log, tuning = {} } = deps
  const databaseUrl = await migrate({ url: deps.databaseUrl, migrationUrl }, log, {
    hasReplica: config.databaseReplicaUrl !== undefined,
  })
  const metrics = createMetrics(log)
  const countError = measureErrors(metrics)
  const tracing = await openTracing(config, randomUUID())
  const database = openDatabase(databaseUrl, log, metrics, config.databaseReplicaUrl)
  if (config.nodeEnv === 'production' && (await mayTamper(database))) {
    log.warn(
      'the role of DATABASE_URL could change the audit log: set DATABASE_MIGRATION_URL (docs/OPERATIONS.md, Roles)',
    )
  }
  const redis = await openRedis(config, jwtSecret, log)
  const basePath = basePathOf(config.publicUrl)
  const secure = config.publicUrl?.startsWith('https:') ?? false
  const headers = apiHeaders({ secure, version: packageJson.version })
  const io = createSocketServer()
  const { peers, close: closePeers } = openPeers({ config, databaseUrl, redis, io, log })
  const events = createEvents({ database, log, peers, recentEvents: tuning.recentEvents, metrics, tracing })
  const { command, reader } = events

  const maintenance = createMaintenance({ db: database.reserved, peers, everyMs: tuning.maintenanceLookMs })
  const { assertOff: assertOpen } = maintenance

  const features = await createFeatures({
    config,
    databaseUrl,
    migrationUrl,
    maintenance: { announce: maintenance.announce, lookMs: tuning.maintenanceLookMs },
    jwtSecret,
    database,
    command,
    peers,
    log,
    metrics,
    tracing,
    redis,
    emit: job => sockets.signal([`user_${job.created_by}`, 'admin'], 'job_updated', { job }),
    backoffMs: tuning.jobBackoffMs,
    jobTypes: tuning.jobTypes,
    webhookTuning: tuning.webhooks,
    limitWindowSeconds: tuning.limitWindowSeconds,
    passwordCost: tuning.passwordCost,
  })
  const { accounts, keys, flags, jobs, media, webhooks } = features
  const { authenticate, accountOf, sessionAccess, sessionStandings, sessionOfRefreshToken } = accounts
  const { authenticateKey, accountOfKey, keyAccess, keyStandings } = keys

  // Registered before the sockets, so that a client that reacts to an event is authenticated by what the event says.
  reader.onBatch(batch => {
    for (const { event, payload } of batch) {
      if (event === 'session_ended' || event === 'account_changed') accounts.forget(payload)
      if (event === 'api_key_changed') keys.forgetKeys(payload)
      if (event === 'flag_updated' || event === 'flag_deleted') flags.forget()
    }
  })
  reader.onNewEpoch(features.forgetAll)
  reader.onBatch(webhooks.wake)
  // One for both doors, because both keep answers in the same memory.
  const unread = createUnread(tuning.reading, tuning.unread)
  const sockets = createSocketFace({
    io,
    origins: allowedOrigins(config),
    headers,
    peers,
    clustered: redis !== null,
    sweepMs: tuning.sweepMs,
    directFrames: tuning.directFrames,
    roomSizes: tuning.roomSizes,
    database,
    reader,
    log,
    metrics,
    countError,
    tracing,
    replayLimit: config.eventReplayLimit,
    maxSocketsPerUser: config.maxSocketsPerUser,
    maxSocketsPerIp: config.maxSocketsPerIp,
    trustProxy: config.trustProxy,
    adminAddresses: config.adminIpAllowlist,
    maxRoomsPerSocket: config.maxRoomsPerSocket,
    watchUnread: unread.watch,
    assertOpen,
    authenticate,
    sessionAccess,
    sessionStandings,
    beginSpending: features.limits.begin,
    authenticateKey,
    keyAccess,
    keyStandings,
    noteKeyCall: keys.usage.note,
    noteRefusal: accounts.noteRefusal,
    handlers: features.handlers,
  })

  let draining = false
  const observability = await createObservability({
    config,
    database,
    redis,
    events,
    sockets,
    accounts,
    jobs,
    storage: features.storage,
    mail: features.mail,
    metrics,
    log,
    tuning,
    draining: () => draining,
    ownAddress: () => addressOf(http),
  })
  const flagStreams = createFlagStreams({ flags: flags.evaluation, key: jwtSecret, sessionAccess, keyAccess })
  const rest = createRestFace({
    handlers: {
      ...features.handlers,
      eventLog: createEventLog({ database, command, presence: sockets.presence }),
      ...observability.handlers,
    },
    credentials: {
      authenticate,
      accountOf,
      authenticateKey,
      accountOfKey,
      sessionOfRefreshToken,
      origins: allowedOrigins(config),
      trustProxy: config.trustProxy,
      csrfKey: jwtSecret,
      previousCsrfKey: config.jwtSecretPrevious,
    },
    cookies: { csrfKey: jwtSecret, refreshTokenTtl: config.refreshTokenTtl, secure },
    publicUrl: config.publicUrl,
    version: packageJson.version,
    cursors: createCursors(jwtSecret),
    noteRefusal: accounts.noteRefusal,
    media,
    signOn: accounts.signOn,
    scim: features.scim,
    imports: features.imports.uploads,
    flags: flags.evaluation,
    flagStreams,
    exportFile: features.exports.file,
    forms: { pace: tuning.pace ?? defaultPace, receiving: createReceiving(tuning.receiving) },
    position: reader,
    pageDir,
    log,
    metrics,
    countError,
    tracing,
    adminAddresses: config.adminIpAllowlist,
    noteKeyCall: keys.usage.note,
    metricsAddresses: config.metricsIpAllowlist,
    trustProxy: config.trustProxy,
    slowRequestMs: config.slowRequestMs,
    beginSpending: features.limits.begin,
    assertOpen,
    bounds: tuning.requests,
    unread,
    strangerPace: tuning.strangerPace,
  })

  await events.start()
  await sockets.start()
  await jobs.start()
  webhooks.start()
  const admin = await accounts.ensureAdmin({ email: config.adminEmail, password: config.adminPassword })
  const schedules = startSchedules({ config, database, features, observability, tuning, log })

  const http = openHttp({ rest, basePath, headers, isOurs: accounts.isOurs })
  sockets.attach(http)
  const drain = createDrain(http)

  return {
    admin,
    listen: (port, host) => listen(http, port, host),
    close: async ({ lingerMs = 0 } = {}) => {
      draining = true
      flagStreams.close()
      const scheduled = Promise.all(schedules.map(one => one.stop()))
      // Before `sockets.close`, which also closes the HTTP server.
      await Promise.all([drain(lingerMs), sockets.drain(), jobs.stop(), webhooks.stop(), scheduled])
      await sockets.close()
      features.images.close()
      await events.stop()
      await keys.usage.write().catch(error => log.warn({ err: error }, 'the usage of API keys was not kept to the end'))
      await closePeers()
      await features.keepAudit(true).catch(error => log.warn({ err: error }, 'the audit log was not kept to the end'))
      await features.mail.close()
      await tracing.close()
      maintenance.stop()
      observability.close()
      await database.close()
      redis?.close()
    },
  }
}

const allowedOrigins = ({ corsOrigins, publicUrl }: Config): string[] =>
  publicUrl ? [...corsOrigins, new URL(publicUrl).origin] : [...corsOrigins]

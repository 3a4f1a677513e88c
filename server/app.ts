import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import packageJson from '../package.json' with { type: 'json' }
import { openDatabase, migrate } from './adapters/database.ts'
import { createMail } from './adapters/mail-smtp.ts'
import { createImages } from './adapters/images-sharp.ts'
import { createJobQueue } from './adapters/jobs-graphile.ts'
import { createOutbound } from './adapters/outbound-http.ts'
import { connectRedis } from './adapters/redis.ts'
import type { Config } from './config.ts'
import { createEvents } from './events/index.ts'
import {
  createReceiving,
  createRestFace,
  defaultPace,
  defaultReceiving,
  type Pace,
  type ReceivingBounds,
} from './faces/rest/index.ts'
import { createPeers, createSocketFace, createSocketServer } from './faces/socket/index.ts'
import { createActivity } from './features/activity/index.ts'
import { createAccounts } from './features/accounts/index.ts'
import { createAuditLog } from './features/audit/index.ts'
import { createComments } from './features/comments/index.ts'
import { createImports } from './features/imports/index.ts'
import { createJobs, type JobType } from './features/jobs/index.ts'
import { createMedia, tellMoved } from './features/media/index.ts'
import { createNotifications } from './features/notifications/index.ts'
import { createPosts, letGo } from './features/posts/index.ts'
import { createProjects } from './features/projects/index.ts'
import { createEventLog } from './features/rooms/index.ts'
import { createDueNoticesCleanUp, createDueSoon, createTasks } from './features/tasks/index.ts'
import { createVideos } from './features/videos/index.ts'
import { createHealth } from './kernel/health.ts'
import type { Logger } from './kernel/logger.ts'
import { createChecks } from './checks.ts'
import { createDrain } from './drain.ts'
import { createHousekeeping, hourMs } from './housekeeping.ts'
import { schedule } from './schedule.ts'
import { openStorage } from './storage.ts'

export interface AppDeps {
  config: Config
  databaseUrl: string
  jwtSecret: string
  /** The built page; null when there is none. */
  pageDir: string | null
  log: Logger
  tuning?: Tuning
}

/** What has one good value in production, and another where a test cannot wait or wants little in memory. */
export interface Tuning {
  /** Events kept in memory for clients that come back; what they missed before those is read from the log. */
  recentEvents?: number
  /** Between two comparisons of live sockets with the database. */
  sweepMs?: number
  /** Between two looks for tasks that are due soon. */
  dueSoonMs?: number
  /** How slowly an upload may come. */
  pace?: Pace
  /** How many uploads are received at once, and wait. */
  receiving?: ReceivingBounds
  /** Before a job that failed is tried again. */
  jobBackoffMs?: number
  /** Further types of jobs. */
  jobTypes?: readonly JobType[]
}

export interface App {
  listen(port: number, host: string): Promise<{ port: number }>
  /**
   * Lets requests finish, sends sockets away to come back elsewhere, and lets go of the database. For `lingerMs` it still
   * answers what comes: a load balancer in front has to see first that it is no longer ready.
   */
  close(options?: { lingerMs?: number }): Promise<void>
  /** The first admin; its password only when this start made it up. */
  admin: { email: string; password: string | null } | null
}

/** The composition root: the only place that knows everyone. */
export async function createApp({ config, databaseUrl, jwtSecret, pageDir, log, tuning = {} }: AppDeps): Promise<App> {
  await migrate(databaseUrl, log)
  const database = await openDatabase(databaseUrl, log)
  const redis = config.redisUrl ? connectRedis(config.redisUrl, jwtSecret, log) : null
  const socketServer = createSocketServer(allowedOrigins(config))
  const peers = createPeers(socketServer.io, redis, log)
  const events = createEvents({ database, log, peers, recentEvents: tuning.recentEvents })
  const { command, reader } = events

  const jobs = createJobs({
    database,
    command,
    queue: createJobQueue({ url: databaseUrl, database, log }),
    peers,
    log,
    emit: job => sockets.signal([`user_${job.created_by}`, 'admin'], 'job_updated', { job }),
    backoffMs: tuning.jobBackoffMs,
  })
  const mail = createMail(config.smtpUrl, config.mailFrom, log)
  const accounts = createAccounts({ database, command, jobs, config: { ...config, jwtSecret }, mail, log })
  const { authenticate, sessionAccess, sessionStandings } = accounts
  const projects = createProjects({ database, command })
  const tasks = createTasks({ database, command, tellFollowing: tellMoved })
  const { storage, drafts } = await openStorage(config)
  const quota = { bytes: config.mediaQuotaMb * 1024 * 1024, files: config.mediaQuotaFiles }
  const media = createMedia({ database, command, storage, drafts, images: createImages(), log, quota, letGo })
  for (const type of tuning.jobTypes ?? []) jobs.register(type)
  const imports = createImports({ command, storage, drafts, jobs, maxBytes: config.importMaxMb * 1024 * 1024 })
  const outbound = createOutbound({ allowPrivate: config.outboundAllowPrivate })
  const oembed = { youtube: config.oembedYoutubeUrl, vimeo: config.oembedVimeoUrl }

  // Sooner than the sockets hear of it, so that whoever asks in return for an event is asked by what it says.
  reader.onBatch(batch => {
    for (const { event, payload } of batch)
      if (event === 'session_ended' || event === 'account_changed') accounts.forget(payload)
  })
  const sockets = createSocketFace({
    server: socketServer,
    peers,
    clustered: redis !== null,
    sweepMs: tuning.sweepMs,
    database,
    reader,
    log,
    replayLimit: config.eventReplayLimit,
    maxSocketsPerUser: config.maxSocketsPerUser,
    maxSocketsPerIp: config.maxSocketsPerIp,
    trustProxy: config.trustProxy,
    maxRoomsPerSocket: config.maxRoomsPerSocket,
    authenticate,
    sessionAccess,
    sessionStandings,
    updateTask: tasks.update,
  })

  let draining = false
  const health = createHealth({
    version: packageJson.version,
    checks: createChecks({ database, redis, events, sockets, storage, jobs }),
    vital: ['database'],
    draining: () => draining,
  })
  const secure = config.publicUrl?.startsWith('https:') ?? false
  const rest = createRestFace({
    handlers: {
      accounts: accounts.accounts,
      people: accounts.people,
      adminUsers: accounts.adminUsers,
      projects,
      tasks,
      comments: createComments({ database, command }),
      activity: createActivity({ database }),
      audit: createAuditLog({ database }),
      media: media.media,
      posts: createPosts({ database, command }),
      videos: createVideos({ database, command, jobs, outbound, oembed }),
      notifications: createNotifications({ database, command }),
      jobs: jobs.jobs,
      eventLog: createEventLog({ database, presence: sockets.presence }),
      health,
    },
    credentials: { authenticate, origins: allowedOrigins(config), csrfKey: jwtSecret },
    cookies: { csrfKey: jwtSecret, refreshTokenTtl: config.refreshTokenTtl, secure },
    media: {
      ...media,
      pace: tuning.pace ?? defaultPace,
      receiving: createReceiving(tuning.receiving ?? defaultReceiving),
    },
    imports: imports.uploads,
    position: reader,
    pageDir,
    log,
    trustProxy: config.trustProxy,
    slowRequestMs: config.slowRequestMs,
  })

  await events.start()
  await sockets.start()
  await jobs.start()
  const admin = await accounts.ensureAdmin({ email: config.adminEmail, password: config.adminPassword })
  const tidy = createHousekeeping({
    database,
    retentionHours: config.eventRetentionHours,
    cleanUps: [accounts.cleanUp, media.cleanUp, imports.cleanUp, jobs.cleanUp, createDueNoticesCleanUp({ database })],
  })
  const schedules = [
    schedule('housekeeping', hourMs, tidy, log),
    schedule('telling what is due soon', tuning.dueSoonMs ?? 60_000, createDueSoon({ command }), log),
  ]

  // Long enough for uploads; what else has a body is limited by the face.
  const http = createServer({ headersTimeout: 15_000, requestTimeout: 900_000, keepAliveTimeout: 65_000 }, rest)
  sockets.attach(http)
  const drain = createDrain(http)

  return {
    admin,
    listen: async (port, host) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      http.once('error', reject)
      http.listen(port, host, resolve)
      await promise
      http.off('error', reject)
      return { port: (http.address() as AddressInfo).port }
    },
    close: async ({ lingerMs = 0 } = {}) => {
      draining = true
      const scheduled = Promise.all(schedules.map(one => one.stop()))
      // Before the sockets are closed as a whole, for that also closes the HTTP server.
      await Promise.all([drain(lingerMs), sockets.drain(), jobs.stop(), scheduled])
      await sockets.close()
      await events.stop()
      await mail.close()
      await database.close()
      redis?.close()
    },
  }
}

const allowedOrigins = ({ corsOrigins, publicUrl }: Config): string[] =>
  publicUrl ? [...corsOrigins, new URL(publicUrl).origin] : [...corsOrigins]

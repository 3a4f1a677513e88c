import type { Events } from './events/index.ts'
import { readBacklog } from './events/index.ts'
import { createDatabaseCheck } from './adapters/database-check.ts'
import type { PostgresDatabase } from './adapters/database.ts'
import { renewing } from './adapters/redis-channel-check.ts'
import type { RedisLink } from './adapters/redis-link.ts'
import type { Jobs } from './features/jobs/index.ts'
import type { FileStorage } from './ports/storage.ts'
import type { Component } from './kernel/health.ts'

/** An instance that is more events behind than this is degraded, or should get no traffic at all. */
const lagLimits = { degraded: 1_000, unhealthy: 10_000 }
/** Below this there is still time to free space, but not much. */
const leastFreeBytes = 512 * 1024 * 1024

/** A job that has waited this long to be taken shows that there are too few workers. */
const longestWaitS = 60

/** A part with a reason works only partly, so it is degraded. */
const judged = (reason: string | null) =>
  ({ status: reason ? 'degraded' : 'healthy', ...(reason && { reason }) }) as const

/**
 * The checks of `/health`. Each one does what the system needs of its part. Redis and the replica are listed even when
 * they are not in use, because operators ask for them.
 */
export function createChecks(deps: {
  database: PostgresDatabase
  redis: RedisLink | null
  events: Events
  storage: FileStorage
  jobs: Pick<Jobs, 'measure'>
  sockets: { readonly connections: number; readonly behind: number }
}): Record<string, () => Promise<Component> | Component> {
  const { database, redis, events, sockets, storage, jobs } = deps
  const checkDatabase = createDatabaseCheck(database.reserved)
  return {
    database: async () => {
      const reason = await checkDatabase()
      const pool = database.pool()
      return { ...judged(reason), connections: pool.total, waiting: pool.waiting }
    },
    redis: async () => {
      if (!redis) return { status: 'healthy', configured: false }
      // Without Redis events come from PostgreSQL, and later. That is degraded, but no reason to stop sending traffic
      // here.
      const reason = await redis.check()
      return { ...judged(reason ?? (redis.ready ? null : renewing)), configured: true }
    },
    replica: async () => {
      if (!database.replica) return { status: 'healthy', configured: false }
      return { ...(await database.replica.check()), configured: true }
    },
    events: async () => {
      const { last, outbox } = await readBacklog(database.reserved)
      const lag = Math.max(0, last - events.reader.offset)
      return {
        status: lag > lagLimits.unhealthy ? 'unhealthy' : lag > lagLimits.degraded ? 'degraded' : 'healthy',
        offset: events.reader.offset,
        lag,
        outbox,
        sequencing: events.sequencer.leading,
      }
    },
    // Without the storage there are no files, and everything else works.
    storage: async () => {
      const { freeBytes } = await storage.check()
      const status = freeBytes !== undefined && freeBytes < leastFreeBytes ? 'degraded' : 'healthy'
      return { status, ...(freeBytes !== undefined && { free_bytes: freeBytes }) }
    },
    jobs: async () => {
      const { waiting, untaken, listening, ...counts } = await jobs.measure(database.reserved)
      const reason = !listening
        ? 'it gets no notifications of new jobs'
        : waiting >= longestWaitS || untaken >= longestWaitS
          ? 'jobs are not taken'
          : null
      return { ...judged(reason), listening, ...counts, waiting_seconds: Math.round(waiting) }
    },
    sockets: () => ({ status: 'healthy', connections: sockets.connections, behind: sockets.behind }),
  }
}

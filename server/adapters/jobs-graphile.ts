import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type JobHelpers,
  Logger as GraphileLogger,
  run,
  type Runner,
  runMigrations,
  type TaskList,
  WorkerPreset,
} from 'graphile-worker'
import pg from 'pg'
import type { Database } from '../ports/database.ts'
import type { JobQueue } from '../ports/job-queue.ts'
import type { Logger } from '../kernel/logger.ts'
import { connectionTo } from './database-connection.ts'
import { checkTask, createQueueCheck } from './jobs-check.ts'
import { addEntry, flagOf, type Payload } from './jobs-entries.ts'
import { createHeartbeat } from './jobs-heartbeat.ts'
import { createShares } from './jobs-shares.ts'

/** The number of jobs that one instance works on at the same time. */
const concurrency = 3
/**
 * Polls for entries without a notification: those that are due later, and those that were added while LISTEN was down.
 */
const pollMs = 1_000
const restartMs = 1_000
/** Graphile Worker's tables in their own schema; called under the lock of all migrations. */
export const migrateJobQueue = async (url: string, log: Logger): Promise<void> => {
  const pool = openPool(url, 2)
  try {
    await runMigrations({ pgPool: pool, logger: loggerFor(log) })
  } finally {
    await pool.end()
  }
}

/**
 * The queue is Graphile Worker (docs/decisions/0007): entries are added by SQL in the caller's transaction, and LISTEN
 * tells workers at once. Graphile Worker keeps the entries of a killed worker locked for four hours. Here each worker
 * has a heartbeat, and when a heartbeat stops its entries are given to other workers within seconds.
 */
export function createJobQueue(deps: { url: string; database: Database; log: Logger }): JobQueue {
  const { url, database, log } = deps
  // Not a set: after an entry was given back, one job may run twice in one process until the fenced-off run ends.
  const working: number[] = []
  const heartbeat = createHeartbeat({ database, log, isWorkedOn: job => working.includes(job) })
  const shares = createShares()
  let stopped = false
  let listening = false
  let runner: Runner | null = null
  let running: Promise<void> = Promise.resolve()

  async function runOnce(taskList: TaskList, up: () => void) {
    const pool = openPool(url, concurrency + 1)
    const events = new EventEmitter()
    events.on('pool:listen:success', () => (listening = true))
    events.on('pool:listen:error', () => (listening = false))
    try {
      runner = await run({
        pgPool: pool,
        concurrency,
        noHandleSignals: true,
        pollInterval: pollMs,
        logger: loggerFor(log),
        events: events as never,
        // Asked each time that a worker looks for an entry.
        forbiddenFlags: () => shares.withShare().map(flagOf),
        preset: {
          extends: [WorkerPreset],
          plugins: [
            {
              name: 'heartbeat',
              version: '1.0.0',
              // A worker takes no entry before this is done: nobody may consider it dead while it holds entries.
              worker: { hooks: { startWorker: (_ctx, { worker }) => heartbeat.hold(worker.workerPool.id) } },
            },
          ],
        },
        taskList,
      })
      if (stopped) await runner.stop()
      up()
      await runner.promise
    } finally {
      listening = false
      runner = null
      await heartbeat.release()
      await pool.end().catch(() => {})
    }
  }

  async function keepRunning(taskList: TaskList, up: () => void) {
    while (!stopped) {
      await runOnce(taskList, up).catch(error =>
        log.warn({ err: error }, 'no jobs are taken at the moment; trying again'),
      )
      if (!stopped) await sleep(restartMs)
    }
  }

  return {
    add: addEntry,
    known: async (db, jobIds) => {
      const rows = await db.query<{ id: number }>({
        // Named, because the entries have an `id` of their own.
        text: `select wanted.id from unnest($1::bigint[]) as wanted (id)
          where exists (select from graphile_worker._private_jobs entry where entry.key = 'job:' || wanted.id)`,
        values: [jobIds],
      })
      return new Set(rows.map(({ id }) => id))
    },
    start: (types, work) => {
      const take =
        (type: string) =>
        async (payload: unknown, { job: { priority } }: JobHelpers) => {
          const { id, person = 0 } = payload as Payload
          // Workers that look at the same moment may take more entries of one person than their share; the surplus is
          // given back.
          if (shares.hasShare(person)) return addEntry(database, { id, type, created_by: person }, { priority })
          working.push(id)
          shares.begin(person)
          try {
            await work(id)
          } finally {
            shares.end(person)
            working.splice(working.indexOf(id), 1)
          }
        }
      const taskList = { ...Object.fromEntries(types.map(type => [type, take(type)])), [checkTask]: async () => {} }
      return new Promise(up => void (running = keepRunning(taskList, up)))
    },
    stop: async () => {
      stopped = true
      await runner?.stop().catch(() => {})
      await running
    },
    check: createQueueCheck(),
    get listening() {
      return listening
    },
  }
}

function openPool(url: string, max: number): pg.Pool {
  const limits = { lock: 5_000, statement: 10_000 }
  const pool = new pg.Pool({ ...connectionTo(url, limits, { query_timeout: 12_000 }), max })
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  return pool
}

/** Details for diagnosis only. Other parts already report that the database is down. */
const loggerFor = (log: Logger) =>
  new GraphileLogger(() => (level, message) => log[level === 'error' ? 'debug' : 'trace']({ of: 'queue' }, message))

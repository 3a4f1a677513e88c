import { setTimeout as sleep } from 'node:timers/promises'
import type { Database, Session } from '../ports/database.ts'
import type { Logger } from '../kernel/logger.ts'
import { createForgotten } from './jobs-forgotten.ts'

/** PostgreSQL ends the session of a worker that was silent for this long, because the worker is gone or frozen. */
const silenceMs = 8_000
const beatMs = 2_000
const retryMs = 200

export interface HeartbeatDeps {
  database: Database
  log: Logger
  /** Whether this process works on the job at the moment. */
  isWorkedOn: (job: number) => boolean
}

interface HeldLock {
  worker: string
  session: Promise<Session | null>
  timer: NodeJS.Timeout | undefined
}

/**
 * An advisory lock under the worker's name, on a session of its own. It is released at once when the process ends, and
 * soon after the process freezes. With each beat every worker looks for names that nobody holds and gives back their
 * entries. If one of those workers lives after all, two work on one job; the fence of the jobs lets only the later one
 * change anything.
 */
export function createHeartbeat({ database, log, isWorkedOn }: HeartbeatDeps) {
  const freeForgotten = createForgotten({ database, log })
  let holding: HeldLock | null = null

  function connect(lock: HeldLock) {
    const session = open(lock.worker, () => {
      // A replaced session may end later than its successor was opened; that says nothing about the successor.
      if (lock.session === session) lock.session = Promise.resolve(null)
    })
    lock.session = session
  }

  async function open(worker: string, onEnd: () => void): Promise<Session | null> {
    let session: Session | undefined
    try {
      session = await database.openSession({ idleTimeoutMs: silenceMs })
      session.onEnd(onEnd)
      await session.query({
        text: `select pg_advisory_lock(hashtextextended('taskwire worker ' || $1, 0))`,
        values: [worker],
      })
      return session
    } catch (error) {
      log.debug({ err: error }, 'a worker has no heartbeat at the moment; trying again')
      // Not awaited, because the server may not answer.
      void session?.close()
      return null
    }
  }

  const keep = oneAtATime(async (lock: HeldLock) => {
    const session = await lock.session
    if (holding !== lock) return
    if (!session) return connect(lock)
    await session.query({ text: 'select 1', values: [] })
    // Not awaited, because the session must receive the next beat however long this takes.
    void free(lock.worker).catch(explain)
  })
  const free = oneAtATime(async (worker: string) => {
    await freeDead()
    await freeForgotten(worker, isWorkedOn)
  })
  const explain = (error: unknown) => log.debug({ err: error }, 'a heartbeat failed')

  async function freeDead() {
    const [row] = await database.query<{ workers: string[] | null }>({
      text: `
        with workers as materialized (
          select distinct locked_by from graphile_worker._private_jobs where locked_by is not null),
        dead as materialized (
          select locked_by from workers
          where pg_try_advisory_xact_lock(hashtextextended('taskwire worker ' || locked_by, 0)))
        select array_agg(locked_by) as workers, graphile_worker.force_unlock_workers(array_agg(locked_by)),
          pg_notify('jobs:insert', '{"count": 100}')
        from dead having count(*) > 0`,
      values: [],
    })
    if (row?.workers) log.warn({ workers: row.workers }, 'workers have died; their jobs continue elsewhere')
  }

  return {
    /** Resolves when the lock on the name is held. Each worker of a pool calls it. */
    hold: async (worker: string): Promise<void> => {
      if (holding?.worker !== worker) {
        const lock: HeldLock = { worker, session: Promise.resolve(null), timer: undefined }
        lock.timer = setInterval(() => void keep(lock).catch(explain), beatMs)
        lock.timer.unref()
        connect(lock)
        holding = lock
      }
      while (holding?.worker === worker && !(await holding.session)) await sleep(retryMs)
    },
    release: async (): Promise<void> => {
      const held = holding
      holding = null
      clearInterval(held?.timer)
      await (await held?.session)?.close()
    },
  }
}

/** A call is skipped while an earlier one still runs. */
function oneAtATime<Input>(work: (input: Input) => Promise<void>): (input: Input) => Promise<void> {
  let isRunning = false
  return async input => {
    if (isRunning) return
    isRunning = true
    try {
      await work(input)
    } finally {
      isRunning = false
    }
  }
}

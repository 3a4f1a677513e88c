import { setTimeout as sleep } from 'node:timers/promises'
import type { Job, jobs } from '../../../contract/index.ts'
import type { Command, Tx } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Connection, Database } from '../../kernel/database.ts'
import type { JobQueue } from '../../kernel/job-queue.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Peers } from '../../kernel/peers.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { JobType } from './job-type.ts'
import { createEnding } from './jobs.ending.ts'
import { createAssertRoom, createEnqueue } from './jobs.enqueue.ts'
import { type Failed, listInputs, measureQueue } from './jobs.queries.ts'
import { createJobService } from './jobs.service.ts'
import { createUpdates } from './jobs.updates.ts'
import { createUpkeep } from './jobs.upkeep.ts'
import { createWorker } from './jobs.work.ts'

export type { JobType, Progress, Work } from './job-type.ts'

export interface JobDeps {
  database: Database
  command: Command
  queue: JobQueue
  peers: Peers
  log: Logger
  /** Tells the sockets of this instance in the rooms `user_<owner>` and `admin`. */
  emit: (job: Job) => void
  /** Before the second attempt; before each further one four times as long. */
  backoffMs?: number | undefined
}

export interface NewJob {
  type: string
  /** What its type says; stored with the job, so nothing secret and nothing large. */
  input: unknown
  totalItems?: number
}

export interface Jobs {
  jobs: Handlers<typeof jobs>
  /** Makes a type known, before `start`. */
  register<Input, Cursor>(type: JobType<Input, Cursor>): void
  /**
   * Makes a job, inside a feature's command: job and change are committed together or not at all. It begins some
   * milliseconds after the commit, on any instance, for the person in `scope` and with that person's rights of then.
   *
   * @throws AppError `rate_limited` when the person has too many that have not ended
   */
  enqueue(tx: Tx, scope: Scope, job: NewJob): Promise<Job>
  /**
   * Whether the person may have one more just now: a hint, before much is taken in for it.
   *
   * @throws AppError `rate_limited` as `enqueue` would
   */
  assertRoom(scope: Scope, type: string): Promise<void>
  /** Inputs of jobs of a type that may still run: that have not ended, or have failed lately. */
  inputsOf(type: string, failed: Failed): Promise<unknown[]>
  /** Begins to work on jobs. */
  start(): Promise<void>
  /** Lets the steps that run finish; what is left of their jobs goes on elsewhere, or after the next start. */
  stop(): Promise<void>
  cleanUp(): Promise<void>
  /** For health, on a connection that is kept for it. */
  measure(db: Connection): Promise<{
    queued: number
    running: number
    /** Seconds, of the job that nobody has taken up for longest. */
    waiting: number
    /** Seconds, of an entry in the queue that asks for nothing. */
    untaken: number
    working: number
    listening: boolean
  }>
}

/** For a step that runs, and for a handler that does not hear. When the process ends, its jobs are free anyhow. */
const patience = () => sleep(8_000, undefined, { ref: false })

/**
 * Work that outlives its request, and the process that began it. A feature registers a type (`JobType`) and enqueues
 * jobs of it; everything else (attempts, progress, cancelling, what the owner is told) is done here.
 */
export function createJobs(deps: JobDeps): Jobs {
  const types = new Map<string, JobType>()
  const { database, queue, peers, log, backoffMs = 1_000 } = deps
  const updates = createUpdates(deps)
  const ending = createEnding({ types, updates, log })
  const worker = createWorker({ ...deps, types, updates, ending, backoffMs })
  const service = createJobService({ ...deps, updates, ending })
  const upkeep = createUpkeep({ database, queue, log })

  peers.on('job_cancelled', (id: number) => {
    worker.abort(id)
    updates.forget(id)
  })

  return {
    jobs: {
      ...service,
      cancel: async (scope, input) => {
        const job = await service.cancel(scope, input)
        worker.abort(job.id)
        peers.send('job_cancelled', job.id)
        return job
      },
    },
    register: type => void types.set(type.type, type as unknown as JobType),
    enqueue: createEnqueue({ types, queue }),
    assertRoom: createAssertRoom({ types }, database),
    inputsOf: (type, failed) => listInputs(database, type, failed),
    start: async () => {
      await queue.start([...types.keys()], worker.work)
      upkeep.start()
    },
    stop: async () => {
      upkeep.stop()
      worker.drain()
      await Promise.race([queue.stop(), patience()])
      updates.stop()
    },
    cleanUp: upkeep.cleanUp,
    measure: async db => ({
      ...(await measureQueue(db)),
      untaken: await queue.check(db),
      working: worker.size,
      listening: queue.listening,
    }),
  }
}

/** Where nothing works on jobs: commands of the operator. */
export const noJobs: Pick<Jobs, 'register' | 'enqueue'> = {
  register: () => {},
  enqueue: () => Promise.reject(new Error('there are no jobs here')),
}

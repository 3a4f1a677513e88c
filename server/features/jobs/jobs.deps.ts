import type { Job, jobs } from '../../../contract/index.ts'
import type { Command, Tx } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Connection, Database } from '../../kernel/database.ts'
import type { JobQueue } from '../../kernel/job-queue.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Peers } from '../../kernel/peers.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { JobType } from './job-type.ts'
import type { Failed } from './jobs.queries.ts'

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

import type { Job, jobs } from '../../../contract/index.ts'
import type { Command, Tx } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Connection, Database } from '../../ports/database.ts'
import type { JobQueue } from '../../ports/job-queue.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Peers } from '../../ports/peers.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { JobType } from './job-type.ts'
import type { Failed } from './jobs.queries.ts'

export interface JobDeps {
  database: Database
  command: Command
  queue: JobQueue
  peers: Peers
  log: Logger
  /** Sends to the sockets of this instance in the rooms `user_<owner>` and `admin`. */
  emit: (job: Job) => void
  /** The pause before the second attempt; before each further attempt it is four times as long. */
  backoffMs?: number | undefined
}

export interface NewJob {
  type: string
  /** The input by the type's schema. It is stored with the job, so it must be small and free of secrets. */
  input: unknown
  totalItems?: number
}

export interface Jobs {
  jobs: Handlers<typeof jobs>
  /** Registers a type, before `start`. */
  register<Input, Cursor>(type: JobType<Input, Cursor>): void
  /**
   * Creates a job inside a feature's command, so job and change are committed together or not at all. It starts some
   * milliseconds after the commit, on any instance, for the person in `scope` and with that person's rights at that
   * time.
   *
   * @throws AppError `rate_limited` when the person has too many unfinished jobs
   */
  enqueue(tx: Tx, scope: { person: Pick<Scope['person'], 'id'> }, job: NewJob): Promise<Job>
  /**
   * Whether the person may have one more job now: a hint, before much data is received for it.
   *
   * @throws AppError `rate_limited` as `enqueue` would
   */
  assertRoom(scope: Scope, type: string): Promise<void>
  /** The inputs of jobs of a type that may still run: unfinished ones, and those that failed recently. */
  inputsOf(type: string, failed: Failed): Promise<unknown[]>
  /** Starts working on jobs. */
  start(): Promise<void>
  /** Lets running steps finish. The rest of their jobs continues on another instance, or after the next start. */
  stop(): Promise<void>
  cleanUp(): Promise<void>
  /** For health checks, on a reserved connection. */
  measure(db: Connection): Promise<{
    queued: number
    running: number
    /** How many seconds the longest waiting job has been waiting. */
    waiting: number
    /** How many seconds a check entry in the queue has been waiting. */
    untaken: number
    working: number
    listening: boolean
  }>
}

import type { z } from 'zod'
import type { Job } from '../../../contract/index.ts'
import type { Tx } from '../../events/index.ts'
import type { Scope } from '../../kernel/scope.ts'

/** The progress that a step reports. Counts are for this step; omitted fields keep their values. */
export interface Progress<Cursor> {
  /** Where the next step continues, also after a crash. JSON. */
  cursor: Cursor
  /** Items that are done now, including failed ones. */
  processed?: number
  failed?: number
  /** Of the whole job, once it is known. */
  total?: number
  /** The whole result up to here. */
  result?: Record<string, unknown>
}

/** A job that is running. */
export interface Work<Input, Cursor> {
  readonly job: Job
  readonly input: Input
  /** The cursor of the last step; null before the first one. */
  readonly cursor: Cursor | null
  /**
   * Aborted when the instance stops or the job was cancelled: abandon long operations. The next step throws in any
   * case.
   */
  readonly signal: AbortSignal
  /**
   * Does a piece of the work and saves the progress in one transaction, so both happen or neither does. `piece` acts
   * for the owner of the job by present rights. Like the work of every command it may run more than once and touches
   * only `tx`. It must not take longer than a few seconds.
   *
   * @throws what `piece` throws, and an error when the job is no longer this worker's. Do not catch these errors.
   */
  step(piece: (tx: Tx, scope: Scope) => Promise<Progress<Cursor>>): Promise<void>
}

/**
 * A kind of job. `run` begins at `cursor`, makes all changes in steps, and returns when nothing is left; then the job
 * is completed. After a crash the next run begins at the last committed cursor, so each item takes effect once. Long
 * operations that change nothing (fetching, reading a file) belong between steps.
 *
 * An `AppError` fails the job with its message. An error that may pass (`unavailable`, …) and any other error is tried
 * again, with pauses, at most five times without progress.
 */
export interface JobType<Input = unknown, Cursor = unknown> {
  /** The name in the database and in answers: `import_tasks`. */
  type: string
  /** The name for people: “Import of tasks”. */
  title: string
  input: z.ZodType<Input>
  run(work: Work<Input, Cursor>): Promise<void>
  /** The limit of unfinished jobs of this type per person; without it only the limit of all jobs, twenty, applies. */
  mostUnfinished?: number
  /** It also works for a person whose account is closed. */
  isForClosed?: boolean
  /** While a job of this type is unfinished, no job is created: it would end in the middle of its work. */
  isAlone?: true
  /**
   * Called after the job was completed, failed or cancelled, to release what it needed. Not called when the process
   * dies at that moment.
   *
   * @param mayGoOn it failed for a reason that may pass, so resuming it later makes sense
   */
  ended?(job: Job, input: Input, mayGoOn: boolean): Promise<void>
}

/** Why a worker abandons a job that has not ended. */
export class Interrupted extends Error {
  readonly why: 'draining' | 'not ours'
  constructor(why: 'draining' | 'not ours') {
    super(`the job is let go: ${why}`)
    this.why = why
  }
}

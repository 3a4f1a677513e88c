import type { z } from 'zod'
import type { Job } from '../../../contract/index.ts'
import type { Tx } from '../../events/index.ts'
import type { Scope } from '../../kernel/scope.ts'

/** How far a step has brought a job. Counts are of this step; what is left out stays as it was. */
export interface Progress<Cursor> {
  /** Where the next step goes on, after a crash too. JSON. */
  cursor: Cursor
  /** Items that are done now, those that failed included. */
  processed?: number
  failed?: number
  /** Of the whole job, once it is known. */
  total?: number
  /** What there is to say up to here, the whole of it. */
  result?: Record<string, unknown>
}

/** A job while it is worked on. */
export interface Work<Input, Cursor> {
  readonly job: Job
  readonly input: Input
  /** As the last step left it; null before the first. */
  readonly cursor: Cursor | null
  /** The instance is going or the job was cancelled: give up what takes long. The next step throws in any case. */
  readonly signal: AbortSignal
  /**
   * Does a piece of the work and moves the job on, in one transaction: both happen, or neither. `piece` acts for the
   * job's owner as of now, and like the work of every command it may run more than once and touches only `tx`. It must
   * not take longer than a few seconds.
   *
   * @throws what `piece` throws; and when the job is no longer this worker's. Let everything through.
   */
  step(piece: (tx: Tx, scope: Scope) => Promise<Progress<Cursor>>): Promise<void>
}

/**
 * A kind of job. `run` begins at `cursor`, does everything that changes anything in steps, and returns when nothing is
 * left; then the job is completed. Whoever dies in between, the next run begins at the last committed cursor, so each
 * item is done once in effect. What may take long and changes nothing (fetching, reading a file) goes between steps.
 *
 * An `AppError` fails the job with its message; one that may pass (`unavailable`, …) and any other error is tried again,
 * with pauses, five times without progress at most.
 */
export interface JobType<Input = unknown, Cursor = unknown> {
  /** `import_tasks`: as it is stored and shown. */
  type: string
  /** For people: “Import of tasks”. */
  title: string
  input: z.ZodType<Input>
  run(work: Work<Input, Cursor>): Promise<void>
  /** Of one person that have not ended; without it the bound of all jobs, twenty, is the only one. */
  mostUnfinished?: number
  /**
   * After it was completed, failed or cancelled: to let go of what it needed. Not called when the process dies there.
   *
   * @param mayGoOn it has failed for a reason that may pass, so that letting it go on later makes sense
   */
  ended?(job: Job, input: Input, mayGoOn: boolean): Promise<void>
}

/** Why a worker lets go of a job that has not ended. */
export class Interrupted extends Error {
  readonly why: 'draining' | 'not ours'
  constructor(why: 'draining' | 'not ours') {
    super(`the job is let go: ${why}`)
    this.why = why
  }
}

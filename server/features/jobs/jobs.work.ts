import { isDeepStrictEqual } from 'node:util'
import { errorCodes } from '../../../contract/index.ts'
import type { Tx } from '../../events/index.ts'
import { AppError, forbidden } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { JobDeps } from './jobs.deps.ts'
import { Interrupted, type JobType, type Progress } from './job-type.ts'
import type { Ending } from './jobs.ending.ts'
import { present } from './jobs.present.ts'
import { findOwner, type JobRow, lockJob, updateJob } from './jobs.queries.ts'
import type { Updates } from './jobs.updates.ts'

type Deps = Pick<JobDeps, 'command' | 'queue' | 'log'> & {
  types: ReadonlyMap<string, JobType>
  updates: Updates
  ending: Ending
  backoffMs: number
}

/** The number of attempts without any progress between them. */
const mostAttempts = 5

/**
 * Works on jobs as the queue hands them out. All changes of a job are made under the lock of its row and only by the
 * latest run (`run`): a worker that was frozen, and wakes up when another one has its job, cannot change anything.
 */
export function createWorker({ command, queue, log, types, updates, ending, backoffMs }: Deps) {
  const running = new Map<number, AbortController>()
  let draining = false

  /** Locks the job for a change, if it still belongs to this run. */
  async function hold(tx: Tx, id: number, run: number): Promise<JobRow> {
    const row = await lockJob(tx, id)
    if (row?.status !== 'running' || row.run !== run) throw new Interrupted('not ours')
    return row
  }

  /**
   * The same, and checks that the row is where this run has left it. A step may be committed without waiting for the
   * disk. When a crash of the database lost such a step, this run ends, and the next one begins at what is left.
   */
  async function lockAt(tx: Tx, { id, run, cursor, processed_items }: JobRow): Promise<JobRow> {
    const held = await hold(tx, id, run)
    if (held.processed_items === processed_items && isDeepStrictEqual(held.cursor, cursor)) return held
    throw new Error('the last step was lost in a crash of the database')
  }

  /**
   * Null when nothing is left to do. A job with the status `running` has lost its worker, or its worker will find that
   * it has lost the job.
   */
  const takeUp = (id: number) =>
    command({ person: null }, async tx => {
      const row = await lockJob(tx, id)
      if (!row || row.completed_at !== null) return null
      if (row.attempts >= mostAttempts) {
        const error = 'It was ended after several attempts without progress.'
        return ending.end(tx, row, { status: 'failed', error }, null)
      }
      return updateJob(tx, row, {
        status: 'running',
        attempts: row.attempts + 1,
        run: row.run + 1,
        started_at: row.started_at ?? tx.now,
      })
    })

  async function work(type: JobType, taken: JobRow, signal: AbortSignal): Promise<void> {
    const { id, created_by } = taken
    let row = taken

    const step = async (piece: (tx: Tx, scope: Scope) => Promise<Progress<unknown>>) => {
      if (draining) throw new Interrupted('draining')
      row = await command({ person: { id: created_by } }, async tx => {
        const held = await lockAt(tx, row)
        const person = await findOwner(tx, created_by, type.isForClosed ?? false)
        if (!person) throw forbidden('The account that it works for is no longer active.')
        const progress = await piece(tx, scopeOf(person, id))
        return updateJob(tx, held, {
          cursor: progress.cursor,
          processed_items: held.processed_items + (progress.processed ?? 0),
          failed_items: held.failed_items + (progress.failed ?? 0),
          total_items: progress.total ?? held.total_items,
          ...(progress.result && { result: progress.result }),
          // The next part is tried for the first time.
          attempts: 1,
          error: null,
        })
      })
      updates.announce(row)
    }

    await type.run({
      get job() {
        return present(row)
      },
      get cursor() {
        return row.cursor
      },
      input: type.input.parse(row.input),
      signal,
      step,
    })
    const done = await command({ person: null }, async tx =>
      ending.end(tx, await lockAt(tx, row), { status: 'completed', error: null }, null),
    )
    ending.announce(done)
  }

  /** Schedules the next attempt, or ends the job as failed. */
  async function fail({ id, run }: JobRow, failure: unknown): Promise<void> {
    const known = failure instanceof AppError ? failure : null
    const passing = !known || errorCodes[known.code].retry
    const row = await command({ person: null }, async tx => {
      const held = await hold(tx, id, run)
      const error = (known ?? unknownFailure).message
      if (!passing || held.attempts >= mostAttempts) return ending.end(tx, held, { status: 'failed', error }, null)
      await queue.add(tx, held, { afterMs: backoffMs * 4 ** (held.attempts - 1) })
      return updateJob(tx, held, { status: 'queued', error })
    })
    log[passing ? 'warn' : 'info']({ err: failure, job_id: id, attempts: row.attempts }, `a job is ${row.status}`)
    if (row.completed_at === null) updates.announce(row)
    else ending.announce(row, passing)
  }

  /**
   * Hands the job to another instance, or to this one after its restart. The interrupted attempt does not count as
   * failed.
   */
  const handBack = ({ id, run }: JobRow) =>
    command({ person: null }, async tx => {
      const held = await hold(tx, id, run)
      await queue.add(tx, held)
      return updateJob(tx, held, { status: 'queued', attempts: held.attempts - 1 })
    })

  async function settle(taken: JobRow, failure: unknown): Promise<void> {
    if (failure instanceof Interrupted && failure.why === 'not ours') return
    // Whatever error the handler threw, it stopped because it was told to.
    if (draining) await handBack(taken)
    else await fail(taken, failure)
  }

  return {
    /** @throws when not even the failure could be recorded; then the queue hands the job out again */
    work: async (id: number): Promise<void> => {
      const taken = await takeUp(id)
      if (!taken) return
      if (taken.completed_at !== null) return ending.announce(taken, true)
      updates.announce(taken)
      const abort = new AbortController()
      running.set(id, abort)
      try {
        await work(types.get(taken.type)!, taken, abort.signal)
      } catch (failure) {
        await settle(taken, failure).catch(error => {
          if (!(error instanceof Interrupted)) throw error
        })
      } finally {
        if (running.get(id) === abort) running.delete(id)
      }
    },
    /** The running step finishes, and no other begins. */
    drain: (): void => {
      draining = true
      for (const abort of running.values()) abort.abort()
    },
    /** A hint that a job was cancelled, for long operations between two steps. */
    abort: (id: number): void => running.get(id)?.abort(),
    get size() {
      return running.size
    },
  }
}

const unknownFailure = new Error('Something went wrong on our side.')

const scopeOf = (person: Scope['person'], jobId: number): Scope => ({
  person,
  sessionId: '',
  requestId: `job-${jobId}`,
  address: '',
  userAgent: '',
})

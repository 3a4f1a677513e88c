import type { Connection } from './database.ts'

export interface QueuedJob {
  id: number
  type: string
  /** The person for whom the job works. While jobs of others wait, only some of one person's jobs run at once. */
  created_by: number
}

/**
 * Tells one worker at a time that a job is due. The queue knows only ids; the table `jobs` holds what the jobs are and
 * their state. So a surplus entry does no harm. A missing one would, so jobs without an entry are searched for.
 */
export interface JobQueue {
  /** Adds an entry in the caller's transaction. Only the newest entry of a job counts. Lower priorities come first. */
  add(tx: Connection, job: QueuedJob, options?: { afterMs?: number; priority?: number }): Promise<void>
  /** Which of these jobs have an entry. */
  known(db: Connection, jobIds: readonly number[]): Promise<Set<number>>
  /**
   * Takes entries of these types (other types belong to instances of other versions) and works on each until its
   * promise settles. A rejected entry comes again. Continues after outages of the database.
   */
  start(types: readonly string[], work: (jobId: number) => Promise<void>): Promise<void>
  /** Takes no more entries, and resolves when the work in progress has ended. */
  stop(): Promise<void>
  /** For health: how many seconds a check entry has been waiting for a worker. */
  check(db: Connection): Promise<number>
  /** Whether it is notified of new entries. When it is not, it still polls for them every few seconds. */
  readonly listening: boolean
}

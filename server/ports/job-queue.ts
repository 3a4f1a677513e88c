import type { Connection } from './database.ts'

export interface QueuedJob {
  id: number
  type: string
  /** The person for whom it works: of one person's jobs only some run at once while others wait. */
  created_by: number
}

/**
 * Says when a job is due, to one worker at a time. It knows jobs by their ids alone: what they are and how they stand is
 * in the table `jobs`, and so an entry too many does no harm. One too few would, so those are looked for.
 */
export interface JobQueue {
  /** Adds an entry in the caller's transaction; of one job's entries only the newest counts. Lower priority comes first. */
  add(tx: Connection, job: QueuedJob, options?: { afterMs?: number; priority?: number }): Promise<void>
  /** Which of these jobs have an entry. */
  known(db: Connection, jobIds: readonly number[]): Promise<Set<number>>
  /**
   * Takes entries of these types (others are for other versions' instances) and works on each until its promise is
   * settled; one that is rejected comes again. Goes on through outages of the database.
   */
  start(types: readonly string[], work: (jobId: number) => Promise<void>): Promise<void>
  /** Takes no more, and resolves when what is being worked on has ended. */
  stop(): Promise<void>
  /** For health: how many seconds an entry that asks for nothing has been waiting for somebody to take it. */
  check(db: Connection): Promise<number>
  /** It can be told of new entries; when it cannot it still looks for them, every few seconds. */
  readonly listening: boolean
}

import { randomUUID } from 'node:crypto'
import type { Connection } from '../ports/database.ts'

/** A type of queue entry that does no work and shows that workers take entries. */
export const checkTask = 'health'

const everyMs = 10_000

/**
 * Puts a check entry into the queue from time to time, and checks whether some instance has taken it.
 *
 * @returns how many seconds the entry has been waiting; 0 when none is waiting
 */
export function createQueueCheck(): (db: Connection) => Promise<number> {
  const key = `health:${randomUUID()}`
  let addedAt = Number.NEGATIVE_INFINITY

  return async db => {
    const [found] = await db.query<{ waiting: number }>({
      text: `select extract(epoch from clock_timestamp() - created_at)::float8 as waiting
        from graphile_worker._private_jobs where key = $1 and locked_at is null`,
      values: [key],
    })
    if (found) return found.waiting
    if (performance.now() - addedAt >= everyMs) {
      addedAt = performance.now()
      await db.query({
        text: `select from graphile_worker.add_job($1, '{}', job_key => $2, max_attempts => 3, priority => -1)`,
        values: [checkTask, key],
      })
    }
    return 0
  }
}

import type { Report } from '../../ports/backups.ts'
import type { Work } from '../jobs/index.ts'

/** Progress is committed so often, and at the end. */
const everyMs = 500

/** Tells the job how far the work is. */
export function createReport<Input, Cursor>(work: Work<Input, Cursor>): Report {
  let last = Number.NEGATIVE_INFINITY
  return async (done, total) => {
    if (done < total && performance.now() - last < everyMs) return
    last = performance.now()
    const { processed_items } = work.job
    await work.step(async () => ({
      cursor: work.cursor as Cursor,
      processed: done - processed_items,
      ...(total > 0 && { total }),
    }))
  }
}

import { AppError } from '../../kernel/errors.ts'
import type { JobQueue } from '../../kernel/job-queue.ts'
import type { Jobs } from './index.ts'
import type { JobType } from './job-type.ts'
import { present } from './jobs.present.ts'
import { countUnfinished, insertJob } from './jobs.queries.ts'

/** Jobs of one person that have not ended. */
const mostUnfinished = 20

export const createEnqueue =
  ({ types, queue }: { types: ReadonlyMap<string, JobType>; queue: JobQueue }): Jobs['enqueue'] =>
  async (tx, { person }, { type, input, totalItems }) => {
    const known = types.get(type)
    if (!known) throw new Error(`no type of job: ${type}`)
    const before = await countUnfinished(tx, person.id)
    if (before >= mostUnfinished) {
      throw new AppError('rate_limited', `At most ${mostUnfinished} jobs of one person may be waiting or running.`, {
        retryAfter: 10,
      })
    }
    const job = { type, input: known.input.parse(input), total_items: totalItems ?? null, created_by: person.id }
    const row = await insertJob(tx, job, tx.now)
    // Whoever has many lets those go first who have few.
    await queue.add(tx, row, { priority: before })
    return present(row)
  }

import type { Connection } from '../../ports/database.ts'
import { AppError } from '../../kernel/errors.ts'
import type { JobQueue } from '../../ports/job-queue.ts'
import type { Jobs } from './jobs.deps.ts'
import type { JobType } from './job-type.ts'
import { present } from './jobs.present.ts'
import { countUnfinished, findUnfinishedOf, insertJob, lockJobsOf } from './jobs.queries.ts'

/** The limit of unfinished jobs per person. */
const mostUnfinished = 20

interface Deps {
  types: ReadonlyMap<string, JobType>
  queue: JobQueue
}

function typeOf(types: Deps['types'], type: string): JobType {
  const known = types.get(type)
  if (!known) throw new Error(`no type of job: ${type}`)
  return known
}

/** The number of unfinished jobs. @throws AppError `rate_limited` when one more is too many */
async function countRoom(db: Connection, personId: number, { type, mostUnfinished: mostOfType }: JobType) {
  const { all, ofType } = await countUnfinished(db, personId, type)
  const beyond = (most: number, of: string) =>
    new AppError('rate_limited', `At most ${most} jobs${of} of one person may be waiting or running.`, {
      retryAfter: 10,
    })
  if (mostOfType !== undefined && ofType >= mostOfType) throw beyond(mostOfType, ` of the type ${type}`)
  if (all >= mostUnfinished) throw beyond(mostUnfinished, '')
  return all
}

/** @throws AppError `conflict` */
async function assertNoneAlone(db: Connection, types: Deps['types']) {
  const alone = [...types.values()].filter(({ isAlone }) => isAlone)
  const found = await findUnfinishedOf(
    db,
    alone.map(({ type }) => type),
  )
  if (found) throw new AppError('conflict', `${types.get(found)!.title} is not finished.`, { retryAfter: 10 })
}

export const createAssertRoom =
  ({ types }: Pick<Deps, 'types'>, database: Connection): Jobs['assertRoom'] =>
  async ({ person }, type) =>
    void (await countRoom(database, person.id, typeOf(types, type)))

export const createEnqueue =
  ({ types, queue }: Deps): Jobs['enqueue'] =>
  async (tx, { person }, { type, input, totalItems }) => {
    const known = typeOf(types, type)
    // Simultaneous calls run one after the other, and each counts, in a separate statement, what the earlier ones have
    // added.
    await lockJobsOf(tx, person.id)
    await assertNoneAlone(tx, types)
    const before = await countRoom(tx, person.id, known)
    const job = { type, input: known.input.parse(input), total_items: totalItems ?? null, created_by: person.id }
    const row = await insertJob(tx, job, tx.now)
    // People with many jobs give precedence to people with few.
    await queue.add(tx, row, { priority: before })
    return present(row)
  }

import type { Database } from '../ports/database.ts'
import type { Logger } from '../kernel/logger.ts'
import { entriesHeldBy, type HeldEntry, replaceEntries } from './jobs-entries.ts'

/** No answer takes so long that comes at all, or hardly any. */
const onItsWayMs = 1_500

/**
 * Replaces entries that a living worker holds and does not work on. It had them when a connection broke: PostgreSQL had
 * given one out, or was to be told of its end, and the answer was lost. Called with each beat; what has been so for a
 * while is forgotten, and not only on its way. Should it be on its way after all, the jobs' own fence keeps it from being done twice.
 */
export function createForgotten({ database, log }: { database: Database; log: Logger }) {
  let suspects = new Map<string, number>()
  const nameOf = ({ id, since }: HeldEntry) => `${id} ${since}`

  return async (worker: string, isWorkedOn: (job: number) => boolean): Promise<void> => {
    const idle = (await entriesHeldBy(database, worker)).filter(({ job }) => !isWorkedOn(job))
    const now = performance.now()
    suspects = new Map(idle.map(one => [nameOf(one), suspects.get(nameOf(one)) ?? now]))
    const forgotten = idle.filter(one => now - suspects.get(nameOf(one))! > onItsWayMs)
    if (forgotten.length === 0) return
    const jobs = await database.transaction(async tx => ({ value: await replaceEntries(tx, forgotten) }))
    if (jobs.length > 0) log.warn({ jobs }, 'jobs were lost with a connection; they are handed out again')
  }
}

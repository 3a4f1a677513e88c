import type { Database } from '../ports/database.ts'
import type { Logger } from '../kernel/logger.ts'
import { entriesHeldBy, type HeldEntry, replaceEntries } from './jobs-entries.ts'

/** Answers that arrive at all practically always arrive within this time. */
const onItsWayMs = 1_500

/**
 * Replaces entries that a living worker holds but does not work on. This happens when a connection breaks: PostgreSQL
 * had assigned an entry, or was to be told that a job ended, and the message was lost. Called with each heartbeat. An
 * entry counts as lost when it has been in this state for a while. If its message arrives after all, the fence of the
 * jobs keeps the job from being done twice.
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
    if (jobs.length > 0) log.warn({ jobs }, 'entries of jobs were lost with a connection; they are handed out again')
  }
}

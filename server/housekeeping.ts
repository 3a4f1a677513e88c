import { dropOldAnswers, dropOldEvents } from './events/index.ts'
import { dropDeadInstances } from './features/rooms/index.ts'
import type { Database } from './kernel/database.ts'

export const hourMs = 3600_000

/** What nobody needs any more goes. Every instance may do it: a second one finds nothing left. */
export const createHousekeeping =
  (deps: { database: Database; retentionHours: number; cleanUps: readonly (() => Promise<void>)[] }) => async () => {
    const { database } = deps
    await dropOldEvents(database, deps.retentionHours)
    await dropOldAnswers(database)
    await dropDeadInstances(database)
    for (const cleanUp of deps.cleanUps) await cleanUp()
  }

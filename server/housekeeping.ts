import { dropOldAnswers, dropOldEvents } from './events/index.ts'
import { dropDeadInstances } from './features/rooms/index.ts'
import type { Database } from './kernel/database.ts'
import type { Logger } from './kernel/logger.ts'

const everyMs = 3600_000

/** Once an hour, what nobody needs any more goes. Every instance may do it: a second one finds nothing left. */
export function createHousekeeping(deps: {
  database: Database
  log: Logger
  retentionHours: number
  cleanUps: readonly (() => Promise<void>)[]
}) {
  const { database, log } = deps
  const timer = setInterval(() => {
    tidy().catch(error => log.warn({ err: error }, 'housekeeping failed; trying again in an hour'))
  }, everyMs)
  timer.unref()

  async function tidy() {
    await dropOldEvents(database, deps.retentionHours)
    await dropOldAnswers(database)
    await dropDeadInstances(database)
    for (const cleanUp of deps.cleanUps) await cleanUp()
  }
  return { stop: () => clearInterval(timer) }
}

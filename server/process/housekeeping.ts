import { dropOldAnswers, dropOldEvents } from '../events/index.ts'
import { dropDeadInstances } from '../features/rooms/index.ts'
import type { Database } from '../ports/database.ts'

export const hourMs = 3600_000

type CleanUp = () => Promise<unknown>

/**
 * What nobody needs any more goes. Every instance may do it: a second one finds nothing left.
 *
 * @throws AggregateError of what failed, in the end: no clean-up is kept from its work by another one's fault
 */
export function createHousekeeping(deps: { database: Database; retentionHours: number; cleanUps: readonly CleanUp[] }) {
  const { database, retentionHours } = deps
  const all: CleanUp[] = [
    () => dropOldEvents(database, retentionHours),
    () => dropOldAnswers(database),
    () => dropDeadInstances(database),
    ...deps.cleanUps,
  ]
  return async () => {
    const faults: unknown[] = []
    for (const cleanUp of all) await cleanUp().catch(error => faults.push(error))
    if (faults.length > 0) throw new AggregateError(faults, `${faults.length} of ${all.length} clean-ups failed`)
  }
}

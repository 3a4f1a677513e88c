import { dropOldAnswers, dropOldEvents } from '../events/index.ts'
import { dropDeadInstances } from '../features/rooms/index.ts'
import type { Database } from '../ports/database.ts'

export const hourMs = 3600_000

type CleanUp = () => Promise<unknown>

/**
 * Deletes what nobody needs any more. Every instance may do it: a second one finds nothing left.
 *
 * @throws AggregateError of all failures, at the end: a failed clean-up does not keep the others from running
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

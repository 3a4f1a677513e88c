import type { Replacing } from '../../ports/backups.ts'

/** What was measured does not go back in time with the data. */
export async function carryStatistics(tx: Replacing): Promise<void> {
  await tx.carry('statistics_samples', 'true')
  await tx.carry('statistics_periods', 'true')
}

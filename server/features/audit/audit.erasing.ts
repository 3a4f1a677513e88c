import sql from 'sql-template-tag'
import type { Connection } from '../../ports/database.ts'

const atOnce = 1_000

/**
 * Removes from where a person has acted, and what names them in entries about them, some entries at a time. The chain
 * covers digests of these, so it still fits.
 *
 * @returns whether there may be more
 */
export async function forgetInAudit(tx: Connection, personId: number): Promise<boolean> {
  const [row] = await tx.query<{ count: number }>(sql`select audit_log_forget(${personId}, ${atOnce}) as count`)
  return row!.count > 0
}

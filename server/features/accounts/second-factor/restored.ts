import sql from 'sql-template-tag'
import type { Connection } from '../../../ports/database.ts'
import { isSameAccount, type Replacing } from '../../../ports/backups.ts'

/**
 * For a restored backup of everything: the second factor of an account is that of the present. The one of then may have
 * been replaced since because a telephone was lost, and its recovery codes may have been used.
 */
export async function keepPresentFactors(tx: Replacing): Promise<void> {
  for (const table of ['totp_factors', 'recovery_codes'] as const) {
    await tx.query({ text: `delete from ${table} t where ${isSameAccount(tx, 't.user_id')}`, values: [] })
    await tx.carry(table, isSameAccount(tx, 'old.user_id'))
  }
}

/** What an account says of its second factor is true again, also after a backup of the accounts alone. */
export const matchFactors = (tx: Connection) =>
  tx.query(sql`
    update users set two_factor = not two_factor
    where two_factor <> exists (select from totp_factors f where f.user_id = users.id and f.confirmed_at is not null)`)

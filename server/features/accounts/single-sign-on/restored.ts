import { isSameAccount, type Replacing } from '../../../ports/backups.ts'

/**
 * For a restored backup of everything: an account is linked as in the present, so that a link that was removed since
 * lets nobody in again.
 */
export async function keepPresentIdentities(tx: Replacing): Promise<void> {
  await tx.query({ text: `delete from identities t where ${isSameAccount(tx, 't.user_id')}`, values: [] })
  await tx.carry(
    'identities',
    `${isSameAccount(tx, 'old.user_id')} and not exists (
      select from identities i where i.issuer = old.issuer and i.subject = old.subject)`,
  )
}

import { isSameAccount, type Replacing } from '../../ports/backups.ts'

/**
 * Takes the present API keys over into restored data, of everybody who is there too: no backup has keys, so one that was
 * revoked since does not work again. The latest calls come with them; the counts of usage, of which there may be
 * millions, begin anew.
 */
export async function carryKeys(tx: Replacing): Promise<void> {
  await tx.carry('api_keys', isSameAccount(tx, 'old.user_id'))
  await tx.carry('api_key_calls', 'exists (select from api_keys k where k.id = old.key_id)')
}

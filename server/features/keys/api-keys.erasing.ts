import sql from 'sql-template-tag'
import type { Connection } from '../../ports/database.ts'

/** Rows that one piece deletes. */
const atOnce = 10_000

/** Deletes the API keys of a person, and before them what was called with them. @returns whether there may be more */
export async function deleteKeysOf(tx: Connection, personId: number): Promise<boolean> {
  const usage = await tx.query(sql`
    delete from api_key_usage where ctid = any(array(
      select u.ctid from api_key_usage u join api_keys k on k.id = u.key_id where k.user_id = ${personId} limit ${atOnce}))
    returning key_id`)
  if (usage.length > 0) return true
  await tx.query(sql`delete from api_keys where user_id = ${personId}`)
  return false
}

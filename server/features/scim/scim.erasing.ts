import sql from 'sql-template-tag'
import type { Connection } from '../../ports/database.ts'

export async function forgetScimAccount(tx: Connection, personId: number): Promise<void> {
  await tx.query(sql`delete from scim_accounts where user_id = ${personId}`)
}

import sql from 'sql-template-tag'
import type { Connection } from '../../ports/database.ts'

/** Deletes a webhook of a person with its deliveries, of which there may be thousands. @returns whether there may be more */
export async function deleteNextWebhook(tx: Connection, personId: number): Promise<boolean> {
  const deleted = await tx.query(sql`
    delete from webhooks where id = (select id from webhooks where user_id = ${personId} order by id limit 1)
    returning id`)
  return deleted.length > 0
}

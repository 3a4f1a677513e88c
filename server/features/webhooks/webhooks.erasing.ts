import sql from 'sql-template-tag'
import type { Connection } from '../../ports/database.ts'
import { lockPlace } from './dispatch.queries.ts'
import { deleteWebhook } from './webhooks.queries.ts'

/** Deletes a webhook of a person with its deliveries, of which there may be thousands. @returns whether there may be more */
export async function deleteNextWebhook(tx: Connection, personId: number): Promise<boolean> {
  const [next] = await tx.query<{ id: number }>(
    sql`select id from webhooks where user_id = ${personId} order by id limit 1`,
  )
  if (!next) return false
  await lockPlace(tx, next.id)
  await deleteWebhook(tx, next.id)
  return true
}

import sql, { type Sql } from 'sql-template-tag'
import type { Connection } from '../../ports/database.ts'

const atOnce = 20_000

/**
 * A message to others without the name of who caused it: the present name, or an earlier one before the words that
 * follow it.
 */
export const withoutName = (message: Sql, name: string, instead: string): Sql => sql`
  case when starts_with(${message}, ${name}::text || ' ')
    then ${instead}::text || substr(${message}, length(${name}::text) + 1)
    else ${instead}::text || coalesce(
      substring(${message} from ' (?:assigned “|mentioned you in “|made you |removed you from “|ended your ).*$'), '')
  end`

/**
 * Removes the notifications of a person, and their name from those of others, in some after an id.
 *
 * @returns the id up to which it has come; null after the last one
 */
export async function eraseSomeNotifications(
  tx: Connection,
  personId: number,
  { name, instead, after }: { name: string; instead: string; after: number },
): Promise<number | null> {
  await tx.query(sql`delete from notification_preferences where user_id = ${personId}`)
  await tx.query(sql`delete from notifications where user_id = ${personId}`)
  const upTo = after + atOnce
  await tx.query(sql`
    update notifications set message = ${withoutName(sql`message`, name, instead)}
    where id > ${after} and id <= ${upTo} and data ->> 'by' = ${String(personId)}`)
  const [more] = await tx.query(sql`select from notifications where id > ${upTo} limit 1`)
  return more ? upTo : null
}

import sql from 'sql-template-tag'
import type { Connection } from '../kernel/database.ts'
import type { Head } from './log.ts'

/** What a client says of where it is. Without `epoch`: in the log as it is now. */
export interface Position {
  since: number
  epoch?: string | undefined
}

/**
 * Whether the log can still tell a person all that it missed from a position up to `upTo`: it is the same log, it goes
 * back so far, and the person saw with the same eyes all the while.
 */
export async function recoverable(
  db: Connection,
  head: Head,
  personId: number,
  { since, epoch }: Position,
  upTo: number,
): Promise<boolean> {
  if ((epoch ?? head.epoch) !== head.epoch || since > upTo || isForgotten(head, since)) return false
  return !(await roleChanged(db, personId, since, upTo))
}

/** Whether events after a position are gone from the log. */
export const isForgotten = (head: Head, after: number): boolean => after < head.first - 1

/** With another role one sees other things, so what the client holds may not be its own any more. */
async function roleChanged(db: Connection, personId: number, after: number, upTo: number): Promise<boolean> {
  const rows = await db.query(sql`
    select from event_log where "offset" > ${after} and "offset" <= ${upTo}
      and scope = '-' and event = 'account_changed' and not starts_with(event, 'task_')
      and (payload ->> 'user_id')::bigint = ${personId} and (payload ->> 'role_changed')::boolean
    limit 1`)
  return rows.length > 0
}

import sql from 'sql-template-tag'
import type { Connection } from '../ports/database.ts'
import type { Head } from './log.ts'

/** What a client says of where it is. Without `epoch`: in the log as it is now. */
export interface Position {
  since: number
  epoch?: string | undefined
}

/**
 * Whether the log `current` can still tell a person all that it missed from a position up to `upTo`: it is the same log,
 * it goes back so far, and the person saw with the same eyes all the while (with another role one sees other things, so
 * what the client holds may not be its own any more). Asked after reading, it holds for what was read.
 */
export async function recoverable(
  db: Connection,
  current: string,
  personId: number,
  { since, epoch }: Position,
  upTo: number,
): Promise<boolean> {
  if ((epoch ?? current) !== current || since > upTo) return false
  const [head] = await db.query<Head & { role_changed: boolean }>(sql`
    select epoch, first, last, exists (
      select from event_log where "offset" > ${since} and "offset" <= ${upTo}
        and scope = '-' and event = 'account_changed' and not starts_with(event, 'task_')
        and (payload ->> 'user_id')::bigint = ${personId} and (payload ->> 'role_changed')::boolean) as role_changed
    from log_head`)
  return head!.epoch === current && !isForgotten(head!, since) && !head!.role_changed
}

/** Whether events after a position are gone from the log. */
export const isForgotten = (head: Head, after: number): boolean => after < head.first - 1

import sql from 'sql-template-tag'
import type { Connection } from '../ports/database.ts'
import type { Head } from './log.ts'

/** The position that a client claims. Without `epoch` it is in the present log. */
export interface Position {
  since: number
  epoch?: string | undefined
}

/**
 * Whether the log `current` still holds everything that a person missed from a position up to `upTo`: it is the same
 * log, it reaches back far enough, and neither the role of the person nor their API key has changed since. With another role or
 * other permissions a client sees other things, so the client's state may be wrong. When this is checked after reading, it holds for what was read.
 */
export async function recoverable(
  db: Connection,
  current: string,
  { personId, keyId }: { personId: number; keyId?: number | undefined },
  { since, epoch }: Position,
  upTo: number,
): Promise<boolean> {
  if ((epoch ?? current) !== current || since > upTo) return false
  const [head] = await db.query<Head & { role_changed: boolean }>(sql`
    select epoch, first, last, exists (
      select from event_log where "offset" > ${since} and "offset" <= ${upTo}
        and scope = '-' and not starts_with(event, 'task_') and (
          (event = 'account_changed' and (payload ->> 'user_id')::bigint = ${personId}
            and (payload ->> 'role_changed')::boolean)
          or (event = 'api_key_changed' and (payload ->> 'api_key_id')::bigint = ${keyId ?? null}::bigint
            and payload ->> 'sockets' = 'restart'))) as role_changed
    from log_head`)
  return head!.epoch === current && !isForgotten(head!, since) && !head!.role_changed
}

/** Whether events after the position have been deleted from the log. */
export const isForgotten = (head: Head, after: number): boolean => after < head.first - 1

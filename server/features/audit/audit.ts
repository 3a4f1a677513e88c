import sql from 'sql-template-tag'
import type { Tx } from '../../events/index.ts'
import type { PublicScope } from '../../kernel/scope.ts'

/**
 * An audited action, its resource, and its changes. Nothing secret: all administrators read the entries, and they are
 * kept for ever.
 */
export interface Audited {
  /** The name of a resource and what happened to it: `user.updated`. */
  action: string
  resource: string
  resourceId: number | string | null
  details?: Record<string, unknown>
}

/** Who did it; null for what the system does by itself. */
type Actor = Pick<PublicScope, 'person' | 'address' | 'userAgent'> | null

/** A number on which all instances agree. */
const chainLock = 7_201_004

/**
 * Adds an entry in the transaction of the audited change, so one is never stored without the other. The hash of each
 * entry covers the entry before it, so audited commands of all instances run one at a time from here to their commit:
 * call this last.
 */
export async function audit(tx: Tx, actor: Actor, { action, resource, resourceId, details = {} }: Audited) {
  // The end of the chain is read by a separate statement, which sees what was committed before the lock was granted.
  await Promise.all([
    tx.query(sql`select pg_advisory_xact_lock(${chainLock})`),
    tx.query(sql`
      insert into audit_log (user_id, action, resource, resource_id, details, ip_address, user_agent, created_at, hash)
      select user_id, action, resource, resource_id, details::json, ip_address, user_agent, created_at,
        encode(sha256(convert_to(
          coalesce((select hash from audit_log order by id desc limit 1), '') || json_build_array(user_id, action,
            resource, resource_id, details, ip_address, user_agent, extract(epoch from created_at) * 1000)::text,
          'UTF8')), 'hex')
      from (values (${actor?.person?.id ?? null}::bigint, ${action}::text, ${resource}::text,
        ${resourceId === null ? null : String(resourceId)}::text, ${JSON.stringify(details)}::text,
        ${actor?.address ?? null}::text, ${actor?.userAgent ?? null}::text, ${tx.now}::timestamptz(3)))
        as given (user_id, action, resource, resource_id, details, ip_address, user_agent, created_at)`),
  ])
}

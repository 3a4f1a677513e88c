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
  /** Details that may name a person, or that a person has written. They go with that person's erasure. */
  personal?: Record<string, unknown> | undefined
  /** That person; by default the account that the entry is about, or else who did it. */
  personalOf?: number
}

/** Who did it; null for what the system does by itself. */
export type Actor = Pick<PublicScope, 'person' | 'key' | 'address' | 'userAgent'> | null

/**
 * Adds an entry in the transaction of the audited change, so one is never stored without the other. It is linked to the
 * others later (see `seal`), so no command waits for another one. Accounts that are made for a check leave no entries.
 */
export async function audit(tx: Pick<Tx, 'query' | 'now'>, actor: Actor, audited: Audited): Promise<void> {
  const { action, resource, resourceId } = audited
  const byKey = actor?.key && { api_key: { id: actor.key.id, prefix: actor.key.prefix } }
  const details = { ...audited.details, ...byKey }
  const personId = actor?.person?.id ?? null
  const subject = resource === 'user' && typeof resourceId === 'number' ? resourceId : null
  // An erasure may have been through the log already.
  const unlessErased = (of: number | null, value: string | null) => sql`
    case when not exists (select from erasures where user_id = ${of}::bigint) then ${value}::text end`
  const origin = personId ?? subject
  const of = audited.personal ? (audited.personalOf ?? subject ?? personId) : null
  const personal = audited.personal ? JSON.stringify(audited.personal) : null
  await tx.query(sql`
    insert into audit_log (user_id, action, resource, resource_id, details, personal, personal_of, ip_address, user_agent,
      created_at)
    select ${personId}::bigint, ${action}, ${resource}, ${resourceId === null ? null : String(resourceId)}::text,
      ${JSON.stringify(details)}::json, (${unlessErased(of, personal)})::json, ${of}::bigint,
      ${unlessErased(origin, actor?.address ?? null)}, ${unlessErased(origin, actor?.userAgent ?? null)},
      ${tx.now}::timestamptz
    where not exists (select from trial_accounts where user_id = ${personId}::bigint)`)
}

import sql, { type Sql } from 'sql-template-tag'
import type { Connection } from '../../ports/database.ts'

/** The place of an entry in the chain. */
export interface Link {
  seq: number
  entry_id: number
  hash: string
}

/** What the first entry follows. */
export const beginning: Link = { seq: 0, entry_id: 0, hash: '' }

/** An entry and what its hash covers besides the hash before it. */
export interface Unlinked {
  id: number
  content: string
  origin_digest: string | null
  personal_digest: string | null
}

/** Null for what was removed. */
const digests = sql`
  encode(sha256(convert_to(e.origin_salt || json_build_array(e.ip_address, e.user_agent)::text, 'UTF8')), 'hex')
    as origin_now,
  encode(sha256(convert_to(e.personal_salt || coalesce(e.personal::text, ''), 'UTF8')), 'hex') as personal_now`

const content = sql`json_build_array(e.id, e.user_id, e.action, e.resource, e.resource_id, e.details::text,
  extract(epoch from e.created_at) * 1000, origin_digest, personal_digest, e.personal_of)::text`

export async function lastLink(db: Connection): Promise<Link> {
  const [last] = await db.query<Link>(sql`select seq, entry_id, hash from audit_chain order by seq desc limit 1`)
  return last ?? beginning
}

/** Takes committed entries that have no link yet, in the order of their ids. */
export const takeUnlinked = (tx: Connection, most: number) =>
  tx.query<Unlinked>(sql`
    with taken as (
      delete from audit_unsealed where entry_id in (select entry_id from audit_unsealed order by entry_id limit ${most})
      returning entry_id)
    select e.id, ${content} as content, origin_digest, personal_digest
    from taken join audit_log e on e.id = entry_id
      cross join lateral (select ${digests}) now
      cross join lateral (select origin_now as origin_digest, personal_now as personal_digest) as d
    where not exists (select from audit_chain c where c.entry_id = e.id)
    order by e.id`)

export const insertLinks = (tx: Connection, links: readonly (Link & Unlinked)[]) =>
  tx.query(sql`
    insert into audit_chain (seq, entry_id, origin_digest, personal_digest, hash)
    select * from unnest(${links.map(({ seq }) => seq)}::bigint[], ${links.map(({ entry_id: id }) => id)}::bigint[],
      ${links.map(one => one.origin_digest)}::text[], ${links.map(one => one.personal_digest)}::text[],
      ${links.map(({ hash }) => hash)}::text[])`)

/** Who is in a restored backup in which an erasure was not asked for yet, or who is not in it at all, counts too. */
const erasureAsked = (id: Sql) => sql`(exists (select from erasures where user_id = ${id})
  or exists (select from absent_erasures where user_id = ${id})
  or exists (select from users where users.id = ${id} and erased_at is not null))`

/**
 * The links after one, each with whether its hash fits and its personal data are there as they were, or were removed
 * with the erasure of a person.
 */
export const checkLinks = (db: Connection, before: Link, most: number) =>
  db.query<Link & { fits: boolean }>(sql`
    select seq, entry_id, hash, coalesce(hash = encode(sha256(convert_to(
        lag(hash, 1, ${before.hash}::text) over (order by seq) || ${content}, 'UTF8')), 'hex'), false)
      and (case when e.origin_salt is not null then origin_now = origin_digest else origin_digest is null or
        ${erasureAsked(sql`coalesce(e.user_id, subject)`)} end)
      and (case when e.personal_salt is not null then personal_now = personal_digest else personal_digest is null or
        ${erasureAsked(sql`e.personal_of`)} end) as fits
    from (select seq, entry_id, c.hash as hash, origin_digest, personal_digest from audit_chain c
        where seq > ${before.seq} order by seq limit ${most}) page
      left join lateral (select id, user_id, action, resource, resource_id, details, created_at, origin_salt, personal_salt,
        ip_address, user_agent, personal, personal_of, case when resource = 'user' and resource_id ~ '^\\d{1,18}$' then resource_id::bigint end as subject
        from audit_log where id = entry_id) e on true
      cross join lateral (select ${digests}) now
    order by seq`)

/** The first entry that has no link and waits for none. */
export async function findUnchained(db: Connection): Promise<number | undefined> {
  const [row] = await db.query<{ id: number }>(sql`
    select id from audit_log e
    where not exists (select from audit_chain c where c.entry_id = e.id)
      and not exists (select from audit_unsealed u where u.entry_id = e.id)
    order by id limit 1`)
  return row?.id
}

import sql, { join, raw, type Sql } from 'sql-template-tag'
import type { AuditFilters } from '../../../contract/index.ts'
import { type Connection, countOf } from '../../ports/database.ts'
import type { Clauses } from '../../kernel/paging.ts'
import { columnsOf, type Row } from '../../ports/table.ts'
import { auditTable } from './audit.table.ts'

export type AuditRow = Row<typeof auditTable>

/**
 * What of an entry is shown. The hash chain covers where somebody acted from, so that stays in the table; of erased
 * people nobody is shown it.
 */
export const shownAudit = columnsOf(auditTable, {
  instead: { ip_address: unlessErased(raw('ip_address')), user_agent: unlessErased(raw('user_agent')) },
})

function unlessErased(value: Sql): Sql {
  return sql`case when not exists (select from users u where u.id = audit_log.user_id and u.erased_at is not null)
    then ${value} end`
}

/** A condition on `audit_log`. */
export const whereOf = ({
  user_id,
  action,
  resource,
  created_at_start: from,
  created_at_end: to,
}: AuditFilters): Sql => {
  const conditions = [
    user_id && sql`user_id = any(${user_id}::bigint[])`,
    action && sql`action = any(${action}::text[])`,
    resource && sql`resource = any(${resource}::text[])`,
    from && sql`created_at >= ${from}::timestamptz`,
    to && sql`created_at <= ${to}::timestamptz`,
  ]
  return join([sql`true`, ...conditions.filter(condition => condition !== undefined)] as Sql[], ' and ')
}

export const listAudit = (db: Connection, filters: AuditFilters, { after, window }: Clauses) =>
  db.query<AuditRow>(sql`
    select ${shownAudit} from audit_log where ${whereOf(filters)} and ${after} ${window}`)

/** What the hash of an entry covers, besides the hash before it; `audit` writes the same. */
const content = sql`json_build_array(user_id, action, resource, resource_id, details::text, ip_address, user_agent,
  extract(epoch from created_at) * 1000)::text`

/** The place of an entry in the chain. */
export interface Link {
  id: number
  hash: string
}

/** The links of the entries after one, in the order of their ids, each with whether its hash fits. */
export const checkAudit = (db: Connection, before: Link, most: number) =>
  db.query<Link & { fits: boolean }>(sql`
    select id, hash, hash = encode(sha256(convert_to(
      lag(hash, 1, ${before.hash}::text) over (order by id) || ${content}, 'UTF8')), 'hex') as fits
    from (select * from audit_log where id > ${before.id} order by id limit ${most}) page
    order by id`)

export const countAudit = (db: Connection, filters: AuditFilters): Promise<number> =>
  countOf(db, sql`select count(*) from audit_log where ${whereOf(filters)}`)

import sql, { join, type Sql } from 'sql-template-tag'
import type { AuditFilters } from '../../../contract/index.ts'
import { type Connection, countOf } from '../../ports/database.ts'
import type { Clauses } from '../../kernel/paging.ts'
import { columnsOf, type Row } from '../../ports/table.ts'
import { auditTable } from './audit.table.ts'

export type AuditRow = Row<typeof auditTable>

/** What of an entry is shown, with its hash in the chain. */
export const shownAudit = columnsOf(auditTable, {
  instead: { hash: sql`(select c.hash from audit_chain c where c.entry_id = audit_log.id)` },
})

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

export const countAudit = (db: Connection, filters: AuditFilters): Promise<number> =>
  countOf(db, sql`select count(*) from audit_log where ${whereOf(filters)}`)

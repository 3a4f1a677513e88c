import sql from 'sql-template-tag'
import { AuditEntry, type AuditFilters, auditFilters } from '../../../contract/index.ts'
import type { ExportSource } from '../../kernel/export-source.ts'
import { present } from './audit.present.ts'
import { shownAudit, whereOf } from './audit.queries.ts'

/** The audit log from its beginning, as administrators see it. */
export const auditExport: ExportSource = {
  filters: auditFilters,
  adminOnly: true,
  columns: Object.keys(AuditEntry.shape),
  select: async (_db, _person, filters: AuditFilters) => ({
    rows: sql`select ${shownAudit} from audit_log where ${whereOf(filters)} order by id`,
    count: sql`select count(*) from audit_log where ${whereOf(filters)}`,
    present,
  }),
}

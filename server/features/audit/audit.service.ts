import type { audit, AuditEntry } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Database } from '../../ports/database.ts'
import { newestFirst, pageOf } from '../../kernel/paging.ts'
import { type AuditRow, countAudit, listAudit } from './audit.queries.ts'

/** The actions of administrators, for administrators to read. */
export const createAuditLog = ({ database }: { database: Database }): Handlers<typeof audit> => ({
  async list(_scope, { page, page_size, cursor, ...filters }) {
    const found = await pageOf(
      { page, page_size, cursor },
      ['audit', filters],
      newestFirst,
      clauses => listAudit(database, filters, clauses),
      () => countAudit(database, filters),
    )
    return { ...found, results: found.results.map(present) }
  },
})

/** Ids are numbers everywhere except those of sessions. */
const present = ({ resource_id, ...row }: AuditRow): AuditEntry => ({
  ...row,
  resource_id: resource_id !== null && /^\d+$/.test(resource_id) ? Number(resource_id) : resource_id,
})

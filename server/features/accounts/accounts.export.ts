import sql from 'sql-template-tag'
import { type AdminUserFilters, adminUserFilters, User } from '../../../contract/index.ts'
import type { ExportSource } from '../../kernel/export-source.ts'
import { presentUser } from './accounts.present.ts'
import { userColumns } from './accounts.queries.ts'
import { accountsWhere } from './directory.queries.ts'

/** Accounts by their ids, as administrators see them. */
export const accountExport: ExportSource = {
  filters: adminUserFilters,
  adminOnly: true,
  columns: Object.keys(User.shape),
  select: async (_db, _person, filters: AdminUserFilters) => ({
    rows: sql`select ${userColumns} from users where ${accountsWhere(filters)} order by id`,
    count: sql`select count(*) from users where ${accountsWhere(filters)}`,
    present: (row: User) => presentUser(row),
  }),
}

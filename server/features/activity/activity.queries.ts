import sql, { type Sql } from 'sql-template-tag'
import { type Connection, countOf } from '../../ports/database.ts'
import type { Clauses } from '../../kernel/paging.ts'
import { columnsOf, type Row } from '../../ports/table.ts'
import { activityTable } from './activity.table.ts'

export type ActivityRow = Row<typeof activityTable>

export const listActivity = (db: Connection, where: Sql, { after, window }: Clauses) =>
  db.query<ActivityRow>(sql`
    select ${columnsOf(activityTable)} from activity where ${where} and ${after} ${window}`)

export const countActivity = (db: Connection, where: Sql): Promise<number> =>
  countOf(db, sql`select count(*) from activity where ${where}`)

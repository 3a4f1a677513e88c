import sql, { type Sql } from 'sql-template-tag'
import type { Activity } from '../../../contract/index.ts'
import { type Connection, countOf } from '../../ports/database.ts'
import type { Clauses } from '../../kernel/paging.ts'

export interface ActivityRow {
  id: number
  at: string
  actor_id: number | null
  event: string
  subject_type: Activity['subject']['type']
  subject_id: number
  subject_title: string
  changes: Activity['changes'] | null
}

export const listActivity = (db: Connection, where: Sql, { after, window }: Clauses) =>
  db.query<ActivityRow>(sql`
    select id, at, actor_id, event, subject_type, subject_id, subject_title, changes
    from activity where ${where} and ${after} ${window}`)

export const countActivity = (db: Connection, where: Sql): Promise<number> =>
  countOf(db, sql`select count(*) from activity where ${where}`)

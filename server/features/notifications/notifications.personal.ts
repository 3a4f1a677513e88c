import sql from 'sql-template-tag'
import type { PersonalSource } from '../../kernel/export-source.ts'
import { columnsOf } from '../../ports/table.ts'
import { notificationsTable } from './notifications.table.ts'

/** The notifications of a person, and the kinds that they switched off. */
export const notificationsPersonal: PersonalSource[] = [
  {
    name: 'notifications',
    rows: ({ id }) => sql`select ${columnsOf(notificationsTable)} from notifications where user_id = ${id} order by id`,
  },
  { name: 'preferences', rows: ({ id }) => sql`select off from notification_preferences where user_id = ${id}` },
]

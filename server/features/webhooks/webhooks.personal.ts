import sql from 'sql-template-tag'
import type { PersonalSource } from '../../kernel/export-source.ts'
import { columnsOf } from '../../ports/table.ts'
import { webhooksTable } from './webhooks.table.ts'

/** The webhooks of a person, without their secrets, and what was sent to them lately. */
export const webhooksPersonal: PersonalSource[] = [
  {
    name: 'webhooks',
    rows: person => sql`select ${columnsOf(webhooksTable)} from webhooks where user_id = ${person.id} order by id`,
  },
  {
    name: 'webhook_deliveries',
    rows: person => sql`
      select d.id, d.webhook_id, d.message_id, d.event, d."offset", d.status, d.attempts, d.status_code, d.created_at,
        d.completed_at
      from webhook_deliveries d join webhooks w on w.id = d.webhook_id where w.user_id = ${person.id} order by d.id`,
  },
]

import type { Notification, NotificationType } from '../../../contract/index.ts'
import { column, defineTable } from '../../ports/table.ts'

export const notificationsTable = defineTable('notifications', {
  id: column.bigint().primary(),
  user_id: column.bigint().hidden(),
  type: column.text<NotificationType>(),
  message: column.text(),
  data: column.json<Notification['data']>(),
  read_at: column.time().strictNullable(),
  created_at: column.time(),
})

export const notificationPreferencesTable = defineTable('notification_preferences', {
  user_id: column.bigint().primary(),
  /** The types that the person does not want. */
  off: column.texts<NotificationType>(),
})

import { column, defineTable } from '../ports/table.ts'

/** What the health check writes and reads back. */
export const healthChecksTable = defineTable('health_checks', {
  instance: column.uuid().primary(),
  token: column.uuid(),
  at: column.time(),
})

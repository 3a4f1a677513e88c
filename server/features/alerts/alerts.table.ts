import type { AlertSeverity, AlertState } from '../../../contract/index.ts'
import { column, defineTable } from '../../ports/table.ts'

export const alertsTable = defineTable('alerts', {
  id: column.bigint().primary(),
  name: column.text(),
  severity: column.text<AlertSeverity>(),
  state: column.text<AlertState>(),
  message: column.text(),
  details: column.json<Record<string, unknown>>(),
  raised_at: column.time(),
  cleared_at: column.time().strictNullable(),
  /** When an instance last saw its reason. */
  last_seen_at: column.time().hidden(),
})

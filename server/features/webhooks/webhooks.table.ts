import type { DeliveryStatus, Webhook } from '../../../contract/index.ts'
import { column, defineTable } from '../../ports/table.ts'

/** What is not hidden is what clients see. */
export const webhooksTable = defineTable('webhooks', {
  id: column.bigint().primary(),
  user_id: column.bigint(),
  url: column.text(),
  events: column.texts(),
  description: column.text().strictNullable(),
  ordered: column.boolean(),
  enabled: column.boolean(),
  disabled_reason: column.text<NonNullable<Webhook['disabled_reason']>>().strictNullable(),
  failing_since: column.time().strictNullable(),
  /** The receiver has asked for nothing before this time. */
  paused_until: column.time().strictNullable().hidden(),
  /** Encrypted, as the former one. */
  secret: column.bytes().hidden(),
  previous_secret: column.bytes().strictNullable().hidden(),
  previous_secret_until: column.time().strictNullable(),
  last_triggered_at: column.time().strictNullable(),
  created_at: column.time(),
  updated_at: column.time(),
})

/** How far a webhook has read the log. */
export const webhookPlacesTable = defineTable('webhook_places', {
  webhook_id: column.bigint().primary(),
  epoch: column.text(),
  /** Up to here deliveries were made. */
  position: column.bigint(),
  /** The offset of the last delivery. */
  last_offset: column.bigint(),
  /** So much is still to be sent that it reads no further before this time. */
  full_until: column.time().strictNullable(),
})

export const webhookDeliveriesTable = defineTable('webhook_deliveries', {
  id: column.bigint().primary(),
  webhook_id: column.bigint(),
  message_id: column.text(),
  event: column.text(),
  offset: column.bigint().strictNullable(),
  previous_offset: column.bigint().strictNullable(),
  status: column.text<DeliveryStatus>(),
  attempts: column.integer(),
  status_code: column.integer().strictNullable(),
  error: column.text().strictNullable(),
  duration_ms: column.integer().strictNullable(),
  created_at: column.time(),
  last_attempt_at: column.time().strictNullable(),
  next_attempt_at: column.time().strictNullable(),
  /** While an attempt is made, when it may be taken for lost. */
  leased_until: column.time().strictNullable().hidden(),
  completed_at: column.time().strictNullable(),
})

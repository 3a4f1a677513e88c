import { column, defineTable } from '../ports/table.ts'

/** One row for each command that recorded events, until the sequencer moves it to the log. */
export const outboxTable = defineTable('outbox', {
  id: column.bigint().primary(),
  at: column.time(),
  mutation_id: column.text().strictNullable(),
  traceparent: column.text().strictNullable(),
  bulk: column.boolean(),
  names: column.texts(),
  scopes: column.texts(),
  payloads: column.texts(),
  reaches: column.texts(),
})

/** One row for each event. Its partitions have no description of their own. */
export const eventLogTable = defineTable('event_log', {
  offset: column.bigint().primary(),
  at: column.time(),
  command: column.bigint(),
  bulk: column.boolean(),
  mutation_id: column.text().strictNullable(),
  traceparent: column.text().strictNullable(),
  event: column.text(),
  scope: column.text(),
  reach: column.json<unknown>().strictNullable(),
  payload: column.json<unknown>(),
  bytes: column.integer(),
})

/** One row: where the log begins and ends. */
export const logHeadTable = defineTable('log_head', {
  one: column.boolean().primary(),
  epoch: column.text(),
  cluster: column.text(),
  first: column.bigint(),
  last: column.bigint(),
})

/** The answers to commands that came with an idempotency key. */
export const idempotencyKeysTable = defineTable('idempotency_keys', {
  user_id: column.bigint().primary(),
  method: column.text().primary(),
  path: column.text().primary(),
  key: column.text().primary(),
  body_hash: column.text(),
  answer: column.json<unknown>().strictNullable(),
  created_at: column.time(),
})

import type { JobStatus } from '../../../contract/index.ts'
import { column, defineTable } from '../../ports/table.ts'

export const jobsTable = defineTable('jobs', {
  id: column.bigint().primary(),
  type: column.text(),
  status: column.text<JobStatus>(),
  input: column.json<unknown>(),
  cursor: column.json<unknown>().strictNullable(),
  total_items: column.integer().strictNullable(),
  processed_items: column.integer(),
  failed_items: column.integer(),
  result: column.json<Record<string, unknown>>().strictNullable(),
  error: column.text().strictNullable(),
  attempts: column.integer(),
  /** Counts how often the job was taken; only the latest run may change it. */
  run: column.integer(),
  created_by: column.bigint(),
  created_at: column.time(),
  started_at: column.time().strictNullable(),
  completed_at: column.time().strictNullable(),
})

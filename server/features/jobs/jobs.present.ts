import type { Job } from '../../../contract/index.ts'
import type { BriefRow, JobRow } from './jobs.queries.ts'

/** The job as clients see it, without input and cursor, which are internal. */
export const present = (row: BriefRow): Job => ({
  id: row.id,
  type: row.type,
  status: row.status,
  total_items: row.total_items,
  processed_items: row.processed_items,
  failed_items: row.failed_items,
  result: row.result,
  error: row.error,
  attempts: row.attempts,
  created_by: row.created_by,
  created_at: row.created_at,
  started_at: row.started_at,
  completed_at: row.completed_at,
})

/** The job in signals, without the lists in its result, which may be long. */
export const presentBrief = (row: JobRow): Job => ({
  ...present(row),
  result: row.result && Object.fromEntries(Object.entries(row.result).filter(([, value]) => !Array.isArray(value))),
})

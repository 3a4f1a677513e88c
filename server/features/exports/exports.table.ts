import type { Export } from '../../../contract/index.ts'
import { column, defineTable } from '../../ports/table.ts'

export const exportsTable = defineTable('exports', {
  job_id: column.bigint().primary(),
  type: column.text(),
  format: column.text<Export['format']>(),
  filters: column.json<Record<string, unknown>>(),
  /** It holds what only administrators may see. */
  as_admin: column.boolean(),
  /** The key in the storage, until the file is removed. */
  file_key: column.text().strictNullable(),
  file_size: column.bigint().strictNullable(),
  sha256: column.text().strictNullable(),
  rows: column.bigint().strictNullable(),
  expires_at: column.time().strictNullable(),
})

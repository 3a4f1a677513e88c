import type { MediaType } from '../../../contract/index.ts'
import { column, defineTable } from '../../ports/table.ts'

export const mediaTable = defineTable('media', {
  id: column.bigint().primary(),
  filename: column.text(),
  original_filename: column.text(),
  file_type: column.text<MediaType>(),
  file_size: column.bigint(),
  sha256: column.text(),
  width: column.integer().strictNullable(),
  height: column.integer().strictNullable(),
  thumbnail_size: column.integer().strictNullable(),
  uploaded_by: column.bigint(),
  project_id: column.bigint().strictNullable(),
  task_id: column.bigint().strictNullable(),
  upload_date: column.time(),
  /** Rises when the file moves with its task. */
  version: column.integer(),
})

/** Files that no row names any more, and that are still to be removed from the storage. */
export const mediaRemovalsTable = defineTable('media_removals', {
  filename: column.text().primary(),
  at: column.time(),
})

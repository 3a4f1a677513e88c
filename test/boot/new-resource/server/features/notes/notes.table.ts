import { column, defineTable } from '../../ports/table.ts'

export const notesTable = defineTable('notes', {
  id: column.bigint().primary(),
  title: column.text(),
  body: column.text(),
  project_id: column.bigint().strictNullable(),
  created_by: column.bigint(),
  version: column.integer(),
  created_at: column.time(),
  updated_at: column.time(),
})

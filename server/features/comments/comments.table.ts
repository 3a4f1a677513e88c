import { column, defineTable } from '../../ports/table.ts'

export const commentsTable = defineTable('comments', {
  id: column.bigint().primary(),
  task_id: column.bigint(),
  body: column.text(),
  author_id: column.bigint(),
  mentions: column.bigints(),
  version: column.integer(),
  created_at: column.time(),
  updated_at: column.time(),
})

import type { TaskStatus } from '../../../contract/index.ts'
import { column, defineTable } from '../../ports/table.ts'

export const tasksTable = defineTable('tasks', {
  id: column.bigint().primary(),
  title: column.text(),
  description: column.text(),
  status: column.text<TaskStatus>(),
  /** An index into the contract's `taskPriorities`, so that the database can sort by it. */
  priority: column.smallint(),
  category: column.text().strictNullable(),
  project_id: column.bigint().strictNullable(),
  assignee_id: column.bigint().strictNullable(),
  due_date: column.time().strictNullable(),
  version: column.integer(),
  created_by: column.bigint(),
  updated_by: column.bigint(),
  created_at: column.time(),
  updated_at: column.time(),
  completed_at: column.time().strictNullable(),
  /** The order of tasks that nobody has moved yet. */
  position: column.double().hidden(),
  /** The order of a task that was moved: a key that sorts as text, byte by byte. */
  sort_key: column.text().strictNullable().hidden(),
  search: column.tsvector().hidden(),
})

/** The due dates of which somebody was notified. */
export const dueNoticesTable = defineTable('due_notices', {
  task_id: column.bigint().primary(),
  user_id: column.bigint().primary(),
  due_date: column.time().primary(),
})

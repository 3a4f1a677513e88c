import type { Activity } from '../../../contract/index.ts'
import { column, defineTable } from '../../ports/table.ts'

export const activityTable = defineTable('activity', {
  id: column.bigint().primary(),
  at: column.time(),
  actor_id: column.bigint().strictNullable(),
  event: column.text(),
  project_id: column.bigint().strictNullable().hidden(),
  task_id: column.bigint().strictNullable().hidden(),
  subject_type: column.text<Activity['subject']['type']>(),
  subject_id: column.bigint(),
  subject_title: column.text(),
  changes: column.json<Activity['changes']>().strictNullable(),
})

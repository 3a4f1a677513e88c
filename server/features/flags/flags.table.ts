import type { FlagRule } from '../../../contract/index.ts'
import { column, defineTable } from '../../ports/table.ts'

export const flagsTable = defineTable('flags', {
  id: column.bigint().primary(),
  name: column.text(),
  description: column.text(),
  enabled: column.boolean(),
  rollout_percent: column.double(),
  rules: column.json<FlagRule[]>(),
  version: column.integer(),
  updated_by: column.bigint(),
  created_at: column.time(),
  updated_at: column.time(),
})

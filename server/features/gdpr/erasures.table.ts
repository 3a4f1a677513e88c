import { column, defineTable } from '../../ports/table.ts'

/** Outlives the data: a restored backup holds accounts that were erased after it was made. */
export const erasuresTable = defineTable('erasures', {
  user_id: column.bigint().primary(),
  requested_at: column.time(),
  /** Null while something is left to erase. */
  completed_at: column.time().strictNullable(),
})

import { column, defineTable } from '../../ports/table.ts'

/** Outlives the data: a restored backup holds accounts that were erased after it was made. */
export const erasuresTable = defineTable('erasures', {
  user_id: column.bigint().primary(),
  requested_at: column.time(),
  /** Null while something is left to erase. */
  completed_at: column.time().strictNullable(),
})

/** Erasures of people who are not in the data, because an older backup was restored. Another one may have them. */
export const absentErasuresTable = defineTable('absent_erasures', {
  user_id: column.bigint().primary(),
  registered_at: column.time().primary(),
  requested_at: column.time(),
})

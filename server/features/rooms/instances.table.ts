import { column, defineTable } from '../../ports/table.ts'

/** The instances of the cluster. */
export const instancesTable = defineTable('instances', {
  id: column.uuid().primary(),
  /** Rises while the instance lives. */
  beat: column.bigint(),
  /** The number of presence messages that it has sent. */
  told: column.bigint(),
  seen_at: column.time(),
})

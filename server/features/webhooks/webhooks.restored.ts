import sql from 'sql-template-tag'
import type { Connection } from '../../ports/database.ts'

/**
 * For a restored backup: since when a receiver fails, and until when it wants nothing, was true at the time of the
 * backup. Counted on from then, one failure would disable the webhook at once.
 */
export const forgetFailures = (tx: Connection) =>
  tx.query(sql`update webhooks set failing_since = null, paused_until = null
    where failing_since is not null or paused_until is not null`)

import sql, { raw } from 'sql-template-tag'
import { clusterName } from '../kernel/cluster-name.ts'
import type { Connection } from '../ports/database.ts'
import { ensurePartitions } from './partitions.ts'

/**
 * The name of the log in its present state. A restored or promoted database is on another timeline, or in another
 * cluster, and offsets that clients hold may belong to changes that it never saw. Then the log gets a new name.
 */
export async function currentEpoch(session: Connection): Promise<string> {
  const [row] = await session.query<{ epoch: string }>(sql`
    with here as (select ${raw(clusterName)} as cluster)
    update log_head set
      epoch = case when log_head.cluster in ('', here.cluster) then epoch else gen_random_uuid()::text end,
      cluster = here.cluster
    from here returning epoch`)
  return row!.epoch
}

/**
 * Renames the log when the database is behind an offset that this instance has delivered, because its files were
 * restored without a new timeline. Changes after that point that clients hold do not exist any more.
 */
export const renameLog = (db: Connection, epoch: string, delivered: number) =>
  db.query(sql`
    update log_head set epoch = gen_random_uuid()::text where epoch = ${epoch} and last < ${delivered}`)

/**
 * Gives the log a new name and no events, after data were restored: what clients hold may not exist any more. Offsets
 * go on where they were, and do not come again.
 *
 * @param replaced the schema with the log of before, and an offset that the log of the backup had reached; null when the
 *   log itself was not replaced
 */
export async function renewLog(db: Connection, replaced: { past: string; atLeast: number } | null): Promise<void> {
  if (replaced)
    await db.query({
      text: `update log_head set cluster = old.cluster, last = greatest(old.last, $1::bigint)
        from "${replaced.past}".log_head old`,
      values: [replaced.atLeast],
    })
  await db.query(sql`update log_head set epoch = gen_random_uuid()::text, first = last + 1`)
  await ensurePartitions(db)
}

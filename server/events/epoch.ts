import sql from 'sql-template-tag'
import type { Connection } from '../ports/database.ts'

/**
 * The name of the log as it stands now. A restored or promoted database is on another timeline (or is another cluster),
 * and offsets that clients hold may belong to changes that it never saw: then the log gets a new name.
 */
export async function currentEpoch(session: Connection): Promise<string> {
  const [row] = await session.query<{ epoch: string }>(sql`
    with here as (
      select (select system_identifier from pg_control_system()) || '/' ||
        (select timeline_id from pg_control_checkpoint()) as cluster)
    update log_head set
      epoch = case when log_head.cluster in ('', here.cluster) then epoch else gen_random_uuid()::text end,
      cluster = here.cluster
    from here returning epoch`)
  return row!.epoch
}

/**
 * The database is where it was before an offset that this instance has delivered: files were put back without a new
 * timeline. What clients hold of after that never happened, so the log gets a new name.
 */
export const renameLog = (db: Connection, epoch: string, delivered: number) =>
  db.query(sql`
    update log_head set epoch = gen_random_uuid()::text where epoch = ${epoch} and last < ${delivered}`)

import sql from 'sql-template-tag'
import type { Connection } from '../ports/database.ts'

/**
 * Offsets per partition of the log. Old events are deleted by dropping a partition, without touching rows. The database
 * function that adds a partition knows the same number.
 */
const size = 500_000

interface Partition {
  name: string
  from: number
  to: number
}

const partitions = async (db: Connection): Promise<Partition[]> =>
  (
    await db.query<{ name: string; from: number; to: number }>(sql`
      select c.relname as name,
        (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \\(''?(\\d+)''?\\)'))[1]::bigint as "from",
        (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \\(''?(\\d+)''?\\)'))[1]::bigint as "to"
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'event_log'::regclass order by 2`)
  ).map(({ name, from, to }) => ({ name, from, to }))

/** Makes sure that partitions exist for the next offsets. @returns the offset from which to call it again */
export async function ensurePartitions(db: Connection): Promise<{ refillAt: number }> {
  const [head] = await db.query<{ last: number }>(sql`select last from log_head`)
  const there = new Set((await partitions(db)).map(({ name }) => name))
  const wanted = Math.floor(head!.last / size)
  for (const nth of [wanted, wanted + 1]) {
    if (there.has(`event_log_${nth}`)) continue
    try {
      await db.query(sql`select event_log_add_partition(${nth})`)
    } catch (error) {
      // The partition after the next one is not urgent.
      if (nth === wanted) throw error
      return { refillAt: head!.last + 10_000 }
    }
  }
  return { refillAt: (wanted + 1) * size - 1 }
}

/**
 * Deletes events that are older than the retention time, a whole partition at a time. `first` is raised before the
 * partition is dropped, so a simultaneous reader is told to reload and never sees a gap.
 *
 * @returns the number of partitions dropped
 */
export async function dropOldEvents(db: Connection, retentionHours: number): Promise<number> {
  let dropped = 0
  for (const partition of (await partitions(db)).slice(0, -2)) {
    const [newest] = await db.query<{ old: boolean }>(sql`
      select at < now() - make_interval(hours => ${retentionHours}) as old from event_log
      where "offset" >= ${partition.from} and "offset" < ${partition.to} order by "offset" desc limit 1`)
    if (newest && !newest.old) break
    await db.query(sql`update log_head set first = greatest(first, ${partition.to})`)
    await db.query(sql`select event_log_drop_partition(${partition.name})`)
    dropped++
  }
  return dropped
}

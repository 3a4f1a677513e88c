import type { Connection } from './database.ts'

/**
 * What goes on at the moment, as advisory locks: whoever does it holds the lock, and when its process dies the lock is
 * gone with it. So nothing stays switched on that nobody switches off.
 */
export const goingOn = {
  /** Backups are being put back one at a time. */
  restore: 7_201_010,
  /** The data are being replaced: every instance refuses calls. */
  maintenance: 7_201_011,
  /** Files are being read for a backup, or put back: none may be removed. */
  keepFiles: 7_201_012,
} as const

export type GoingOn = (typeof goingOn)[keyof typeof goingOn]

/** Whether somebody holds this lock, on any instance. */
export async function isGoingOn(db: Connection, lock: GoingOn): Promise<boolean> {
  const [row] = await db.query<{ held: boolean }>({
    text: `select exists (
      select from pg_locks
      where locktype = 'advisory' and classid = 0 and objid = $1 and objsubid = 1 and granted
        and database = (select oid from pg_database where datname = current_database())) as held`,
    values: [lock],
  })
  return row!.held
}

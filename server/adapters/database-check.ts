import { randomUUID } from 'node:crypto'
import type { Connection } from '../ports/database.ts'

/** Statements wait for one another's locks for milliseconds; this long somebody has left a transaction open. */
const longWaitS = 2

/**
 * Statements on this database that wait for a lock, whoever sent them. Not those that wait for the end of older snapshots
 * (`create index concurrently` beside a backup): they hold nobody up.
 */
const lockWaits = `
  select count(*)::int as waiting, coalesce(max(extract(epoch from clock_timestamp() - waitstart)), 0)::float as longest
  from pg_locks join pg_stat_activity using (pid)
  where not granted and locktype not in ('advisory', 'virtualxid') and datname = current_database()`

/**
 * Writes a row to the database and reads it back; each process has its own row. Rejects when not even reading works.
 *
 * @returns null, or what is off: nothing can be written, or statements wait for locks
 */
export function createDatabaseCheck(db: Connection): () => Promise<string | null> {
  const instance = randomUUID()
  const write = {
    // Also deletes the rows of processes that ended long ago.
    text: `with gone as (delete from health_checks where at < now() - interval '1 day' and instance <> $1)
      insert into health_checks (instance, token, at) values ($1, $2, now())
      on conflict (instance) do update set token = excluded.token, at = excluded.at`,
  }
  const read = {
    text: `with locks as (${lockWaits})
      select token, waiting, longest from locks left join health_checks on instance = $1`,
    values: [instance],
  }

  return async () => {
    const token = randomUUID()
    const refused = await db.query({ ...write, values: [instance, token] }).then(
      () => false,
      () => true,
    )
    const [row] = await db.query<{ token: string | null; waiting: number; longest: number }>(read)
    if (refused) return 'it can be read but not written'
    if (row!.token !== token) return 'a value that was read differs from the one that was written'
    if (row!.longest < longWaitS) return null
    const { waiting, longest } = row!
    const waitFor = waiting === 1 ? 'statement waits for a lock' : 'statements wait for locks'
    return `${waiting} ${waitFor}, the oldest for ${Math.round(longest)} s`
  }
}

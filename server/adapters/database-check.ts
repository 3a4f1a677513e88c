import { randomUUID } from 'node:crypto'
import type { Connection } from '../ports/database.ts'

/**
 * Writes a row to the database and reads it back; each process has its own row. Rejects when not even reading works.
 *
 * @returns null, or why nothing can be written
 */
export function createDatabaseCheck(db: Connection): () => Promise<string | null> {
  const instance = randomUUID()
  const write = {
    // Also deletes the rows of processes that ended long ago.
    text: `with gone as (delete from health_checks where at < now() - interval '1 day' and instance <> $1)
      insert into health_checks (instance, token, at) values ($1, $2, now())
      on conflict (instance) do update set token = excluded.token, at = excluded.at`,
  }
  const read = { text: 'select token from health_checks where instance = $1', values: [instance] }

  return async () => {
    const token = randomUUID()
    const refused = await db.query({ ...write, values: [instance, token] }).then(
      () => false,
      () => true,
    )
    const [row] = await db.query<{ token: string }>(read)
    if (refused) return 'it can be read but not written'
    return row?.token === token ? null : 'a value that was read differs from the one that was written'
  }
}

import { randomUUID } from 'node:crypto'
import type { Connection } from '../ports/database.ts'

/**
 * Writes to the database and reads it back, a row for each process. Rejected when it cannot even be read.
 *
 * @returns null, or why nothing can be written
 */
export function createDatabaseCheck(db: Connection): () => Promise<string | null> {
  const instance = randomUUID()
  const write = {
    // Those of processes that are no more go with the first look of another.
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
    if (refused) return 'it can be read, and not written to'
    return row?.token === token ? null : 'what was written is not what is read'
  }
}

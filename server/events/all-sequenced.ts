import { setTimeout as sleep } from 'node:timers/promises'
import sql from 'sql-template-tag'
import { unavailable } from '../kernel/errors.ts'
import type { Connection } from '../ports/database.ts'

const lookMs = 50
/** Longer than another instance takes to sequence when the one that did is frozen. */
const mostMs = 20_000

/**
 * Waits until everything that is committed now is in the log. Call it outside of transactions.
 *
 * @throws AppError `unavailable` when nobody sequences
 */
export async function allSequenced(db: Connection, signal: AbortSignal): Promise<void> {
  const [mark] = await db.query<{ id: number }>(sql`select coalesce(max(id), 0) as id from outbox`)
  const deadline = performance.now() + mostMs
  while ((await db.query(sql`select 1 as one from outbox where id <= ${mark!.id} limit 1`)).length > 0) {
    if (performance.now() > deadline) throw unavailable()
    await sleep(lookMs, undefined, { signal })
  }
}

import assert from 'node:assert/strict'
import { eventually, type Patience } from './eventually.ts'

/** A server or a connection. It must see the statements of all roles, or be of the role whose statements it asks for. */
interface Database {
  query(text: string): Promise<object[] | { rows: object[] }>
}

export interface WaitingStatement {
  pid: number
  query: string
  /** What it waits for: `relation`, `transactionid` (a row), `advisory` and others. */
  lock: string
}

/** The statements in the database that wait for a lock. */
export async function waitingForLocks(database: Database): Promise<WaitingStatement[]> {
  const found = await database.query(`
    select pid, query, wait_event as lock from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and pid <> pg_backend_pid()`)
  return ('rows' in found ? found.rows : found) as WaitingStatement[]
}

/** Waits until at least `count` statements in the database wait for a lock, of the given kind if there is one. */
export const untilWaitingForLocks = (
  database: Database,
  { count = 1, lock, ...patience }: { count?: number; lock?: string } & Patience = {},
): Promise<void> =>
  eventually(async () => {
    const waiting = (await waitingForLocks(database)).filter(one => lock === undefined || one.lock === lock)
    assert.ok(waiting.length >= count, `${waiting.length} of ${count} statements wait for a lock`)
  }, patience)

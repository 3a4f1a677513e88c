import type { Connection, Database } from './database.ts'
import { createGate } from './gate.ts'

/** Runs the statements of a list; those of a search within bounds. */
export type Searching = <T>(search: string | undefined, work: (db: Connection) => Promise<T>) => Promise<T>

/**
 * A search can be dear, whatever is done for it. So each has only so long, and so few run at once that everything else
 * keeps connections to the database.
 *
 * @param running how many at once
 */
export function createSearching(database: Database, running: number): Searching {
  const gate = createGate({ running, waiting: 20 * running })
  return (search, work) => (search === undefined ? work(database) : gate(() => database.readWithin(timeoutMs, work)))
}

const timeoutMs = 3_000

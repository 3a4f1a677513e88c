import type { Connection, Database } from '../ports/database.ts'
import { createTurns } from './turns.ts'

/** Runs the statements of a list for a person; those of a search within bounds. */
export type Searching = <T>(
  personId: number,
  search: string | undefined,
  work: (db: Connection) => Promise<T>,
) => Promise<T>

/**
 * A search can be dear, whatever is done for it. So each has only so long, and so few run at once that everything else
 * keeps connections to the database; people take turns.
 *
 * @param running how many at once; of one person one while others search, too
 */
export function createSearching(database: Database, running: number): Searching {
  const turns = createTurns({
    running,
    perKey: 1,
    alone: Math.ceil(running / 2),
    waiting: 20 * running,
    waitingPerKey: 10 * running,
  })
  return (personId, search, work) =>
    search === undefined ? work(database) : turns.run(personId, () => database.readWithin(timeoutMs, work))
}

const timeoutMs = 3_000

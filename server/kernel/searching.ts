import { isSearch } from '../../contract/index.ts'
import type { Connection, Database } from '../ports/database.ts'
import { createTurns } from './turns.ts'

/** Runs the statements of a list for a person. The statements of a search run within bounds. */
export type Searching = <T>(
  personId: number,
  search: string | undefined,
  work: (db: Connection) => Promise<T>,
) => Promise<T>

/**
 * A search can be expensive whatever is done about it. So each one has a time limit, and only so few run at once that
 * connections to the database remain for everything else; people take turns.
 *
 * @param running how many run at once; one per person while others search too
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
    !isSearch(search) ? work(database.reads) : turns.run(personId, () => database.reads.readWithin(timeoutMs, work))
}

const timeoutMs = 3_000

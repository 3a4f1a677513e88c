import { Client, type ClientConfig } from 'pg'

/** A connection of a test to PostgreSQL: to hold a lock, to look, or to change what the server may not change. */
export type Connection = Client

/** Where mocha is in a file: outside of the tests, in the hooks around a test, or in the test. */
const places = { file: 0, hooks: 1, test: 2 }

let place = places.file
/** The open connections, each with the place where it was opened. */
const opened = new Map<Connection, number>()

/** Milliseconds in which a session of PostgreSQL ends, unless PostgreSQL does not answer. */
const endsWithinMs = 2_000

class TestConnection extends Client {
  override query(...given: any[]): any {
    const answer: unknown = Reflect.apply(super.query, this, given)
    // A failed test may have left nobody who waits for it.
    if (answer instanceof Promise) answer.catch(() => {})
    return answer
  }
}

/**
 * Opens a connection that is closed by itself, whatever becomes of the test: at the end of the test that opens it, after
 * the hooks around the test if one of these opens it, and otherwise at the end of the file. A connection that is ended
 * from outside fails its own queries and nothing else.
 */
export async function openConnection(to: string | ClientConfig): Promise<Connection> {
  const connection = new TestConnection(to)
  connection.on('error', () => {})
  connection.on('end', () => opened.delete(connection))
  opened.set(connection, place)
  await connection.connect()
  return connection
}

/** Opens a connection for `work` alone. */
export async function withConnection<T>(
  to: string | ClientConfig,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await openConnection(to)
  try {
    return await work(connection)
  } finally {
    await connection.end()
  }
}

/** For the hooks of mocha: says where mocha is, and closes what was opened further inside. */
export async function arriveAt(next: keyof typeof places): Promise<void> {
  place = places[next]
  await closeAll(([, from]) => from > place)
}

/** For the hooks of mocha, at the end of a file. */
export const closeConnections = (): Promise<void> => closeAll(() => true)

async function closeAll(isOver: (entry: [Connection, number]) => boolean): Promise<void> {
  await Promise.all([...opened].filter(isOver).map(([connection]) => close(connection)))
}

/** Never fails, and does not wait for a query that is under way. */
async function close(connection: Connection): Promise<void> {
  opened.delete(connection)
  const late = setTimeout(() => connection.connection.stream.destroy(), endsWithinMs)
  await connection.end().catch(() => {})
  clearTimeout(late)
}

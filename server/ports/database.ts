/** A statement with its values; `sql` templates have this shape. A `name` makes PostgreSQL keep its plan. */
export interface Statement {
  readonly text: string
  readonly values: unknown[]
  readonly name?: string
}

export interface Connection {
  /**
   * Runs one statement. Statements of one transaction may be sent without waiting for the one before (they go out in
   * one packet and run in order); after one has failed the rest fail too. Times come as ISO strings, int8 as numbers.
   */
  query<R extends object>(statement: Statement): Promise<R[]>
}

export interface Database extends Connection {
  /**
   * Runs `work` in one transaction, READ COMMITTED. `last` is sent together with COMMIT. Rejected: nothing was
   * committed, unless the connection broke while committing; then nobody knows, and the error is `unavailable`.
   */
  transaction<T>(work: (tx: Connection) => Promise<{ value: T; last?: Statement | undefined }>): Promise<T>
  /**
   * Runs statements that only read, each within so many milliseconds, one after another on one connection. Rejected
   * with `unavailable` when one takes longer.
   */
  readWithin<T>(timeoutMs: number, work: (tx: Connection) => Promise<T>): Promise<T>
  /** A connection of one's own, outside the pool: for what lives as long as a session, such as advisory locks. */
  openSession(options: { idleTimeoutMs: number }): Promise<Session>
}

export interface Session extends Connection {
  /** Called once when the connection is gone, for whatever reason. */
  onEnd(fn: () => void): void
  close(): Promise<void>
}

/** The number that a statement of nothing but a `count` comes to. */
export async function countOf(db: Connection, statement: Statement): Promise<number> {
  const [row] = await db.query<{ count: number }>(statement)
  return row!.count
}

/** A clash with a concurrent transaction that rolling back and running again resolves. */
export class RetryableError extends Error {}

/** What PostgreSQL says of a broken unique constraint or foreign key, by the constraint's name. */
export class ConstraintError extends Error {
  readonly constraint: string
  constructor(constraint: string, cause: unknown) {
    super(`constraint ${constraint}`, { cause })
    this.constraint = constraint
  }
}

const names = new Map<string, string>()

/**
 * For statements whose text is always the same and whose best plan does not depend on the values: PostgreSQL parses and
 * plans them once a connection. Not for lists, where it would settle on a plan for no values in particular.
 */
export function prepared({ text, values }: Statement): Statement {
  const name = names.get(text) ?? `s${names.size}`
  names.set(text, name)
  return { text, values, name }
}

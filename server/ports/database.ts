/** A statement with its values; `sql` templates have this shape. With a `name` PostgreSQL keeps its plan. */
export interface Statement {
  readonly text: string
  readonly values: unknown[]
  readonly name?: string
}

export interface Connection {
  /**
   * Runs one statement. Statements of one transaction may be sent without waiting for the one before: they are sent in
   * one packet and run in order. After one has failed the others fail too. Times are returned as ISO strings, int8 as
   * numbers.
   */
  query<R extends object>(statement: Statement): Promise<R[]>
}

/** Statements that only read, each by itself or some of them in a transaction. */
export interface Reads extends Connection {
  /**
   * Runs statements that only read, one after another on one connection, each with this time limit in milliseconds.
   * Rejects with `unavailable` when one takes longer. `work` may run more than once.
   */
  readWithin<T>(timeoutMs: number, work: (tx: Connection) => Promise<T>): Promise<T>
}

export interface Database extends Reads {
  /**
   * Where lists and the event log are read: a replica if there is one that keeps up, and otherwise this database. What
   * was committed before a call is seen by it, whichever answers.
   */
  reads: Reads
  /**
   * Runs `work` in one transaction, READ COMMITTED. `last` is sent together with COMMIT. When it rejects, nothing was
   * committed, unless the connection broke during the commit; then the outcome is unknown and the error is
   * `unavailable`.
   */
  transaction<T>(work: (tx: Connection) => Promise<{ value: T; last?: Statement | undefined }>): Promise<T>
  /**
   * Runs statements that only read, on a connection of its own, all on one snapshot (REPEATABLE READ): for work that
   * takes minutes. A statement may take a minute, and so may the pause between two.
   */
  readSnapshot<T>(work: (db: Snapshot) => Promise<T>): Promise<T>
  /** A connection outside the pool, for what lives as long as a session, such as advisory locks. */
  openSession(options: { idleTimeoutMs: number }): Promise<Session>
}

export interface Snapshot extends Connection {
  /** The rows of a statement, some at a time: `most` says how many may come next. Ends after the last one. */
  rows<R extends object>(statement: Statement, most: () => number): AsyncGenerator<R[], void>
}

export interface Session extends Connection {
  /** Called once when the connection has ended, for whatever reason. */
  onEnd(fn: () => void): void
  close(): Promise<void>
}

/** The result of a statement that only counts. */
export async function countOf(db: Connection, statement: Statement): Promise<number> {
  const [row] = await db.query<{ count: number }>(statement)
  return row!.count
}

/** A conflict with a concurrent transaction. Rolling back and running again resolves it. */
export class RetryableError extends Error {}

/** A violated unique constraint or foreign key, with the name of the constraint. */
export class ConstraintError extends Error {
  readonly constraint: string
  constructor(constraint: string, cause: unknown) {
    super(`constraint ${constraint}`, { cause })
    this.constraint = constraint
  }
}

const names = new Map<string, string>()

/**
 * For statements whose text is constant and whose best plan does not depend on the values: PostgreSQL parses and plans
 * them once per connection. Not for lists, where PostgreSQL would choose a generic plan.
 */
export function prepared({ text, values }: Statement): Statement {
  const name = names.get(text) ?? `s${names.size}`
  names.set(text, name)
  return { text, values, name }
}

import pg from 'pg'
import type { Duplex } from 'node:stream'
import type { Connection, Database, Session, Statement } from '../ports/database.ts'
import type { Logger } from '../kernel/logger.ts'
import { type Metrics, noMetrics } from '../ports/metrics.ts'
import { connectionTo } from './database-connection.ts'
import { createReadSnapshot } from './database-snapshot.ts'
import { translateError } from './database-errors.ts'
import { measureStatements } from './database-metrics.ts'
import { rowTypes } from './database-types.ts'

/** A statement that waits longer than this for a lock fails with `unavailable`; so does one that runs longer. */
const limits = { lock: 5_000, statement: 10_000, idleInTransaction: 10_000 }
/** Longer than PostgreSQL's own limits. It applies when the server or the network does not even report a time-out. */
const silentTimeoutMs = 12_000
const sessionTimeoutMs = 10_000
/** A connection that the server has not closed this long after it was asked to is destroyed. */
const farewellMs = 1_000
const poolSize = 16
const reservedSize = 2

export interface PostgresDatabase extends Database {
  /** Connections kept for health checks, which get an answer even while calls wait for a connection of the pool. */
  reserved: Connection
  /** Counts of connections: all, idle ones, and calls that wait for one. */
  pool(): { total: number; idle: number; waiting: number }
  close(): Promise<void>
}

/**
 * Opens the pool that everything shares. Statements run on its connections directly and pipelined: MikroORM describes
 * and migrates the tables, and its unit of work would cost 4 to 27 times the CPU (docs/decisions/0002).
 */
export function openDatabase(url: string, log: Logger, metrics: Metrics = noMetrics): PostgresDatabase {
  const measure = measureStatements(metrics)
  const connection = connectionTo(url, limits, { pipeline: true, query_timeout: silentTimeoutMs })
  const pool = openPool(connection, poolSize, log)
  const reserved = openPool(connection, reservedSize, log)

  const run = async <R extends object>(
    client: pg.Pool | pg.PoolClient | pg.Client,
    statement: Statement,
  ): Promise<R[]> => {
    const began = performance.now()
    try {
      const { text, values, name } = statement
      const result = await client.query<R>({ text, values, types: rowTypes, ...(name && { name }) })
      measure(began, true)
      return result.rows
    } catch (error) {
      measure(began, false)
      throw translateError(error)
    }
  }

  const transaction = async <T>(
    begin: string,
    work: (tx: Connection) => Promise<{ value: T; last?: Statement | undefined }>,
  ): Promise<T> => {
    const client = await pool.connect().catch(error => {
      throw translateError(error)
    })
    let broken: Error | undefined
    let over = false
    const tx: Connection = {
      query: statement => {
        // The pool may have given the connection to another caller, so a late statement would run in another
        // transaction.
        if (over) return Promise.reject(new Error('the transaction is over'))
        sendTogether(client)
        return run(client, statement)
      },
    }
    try {
      sendTogether(client)
      const begun = client.query(begin)
      begun.catch(() => {}) // reported by the statements that follow it
      const { value, last } = await work(tx).finally(() => (over = true))
      sendTogether(client)
      const [lastly, committed] = await Promise.allSettled([last && run(client, last), client.query('commit')])
      if (lastly.status === 'rejected') throw lastly.reason
      if (committed.status === 'rejected') throw translateError(committed.reason)
      if (committed.value.command !== 'COMMIT') throw new Error('the transaction was rolled back by an earlier error')
      return value
    } catch (error) {
      // A connection that does not answer would let the rollback wait as long again. Closing the connection rolls back
      // too.
      if (isSilent(error)) broken = error as Error
      else await client.query('rollback').catch(failure => (broken = failure))
      throw error
    } finally {
      client.release(broken)
    }
  }

  return {
    query: statement => run(pool, statement),
    transaction: work => transaction('begin', work),
    readWithin: (timeoutMs, work) =>
      transaction(`begin read only; set local statement_timeout = ${timeoutMs}`, async tx => ({
        value: await work(tx),
      })),
    readSnapshot: createReadSnapshot(url, run),
    openSession: ({ idleTimeoutMs }) => openSession(url, idleTimeoutMs, run),
    reserved: { query: statement => run(reserved, statement) },
    pool: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: async () => void (await Promise.all([pool.end(), reserved.end()])),
  }
}

async function openSession(url: string, idleTimeoutMs: number, run: Run): Promise<Session> {
  // PostgreSQL gives up sooner than this client, so no lock is left that nobody holds.
  const sooner = { lock: 5_000, statement: 8_000, idleSession: idleTimeoutMs }
  const client = new pg.Client(connectionTo(url, sooner, { query_timeout: sessionTimeoutMs }))
  const ended = Promise.withResolvers<void>()
  client.on('error', () => ended.resolve())
  client.on('end', () => ended.resolve())
  await client.connect().catch(error => {
    throw translateError(error)
  })
  return {
    query: <R extends object>(statement: Statement) =>
      run<R>(client, statement).catch(error => {
        // What the server still runs is unknown, so the session and the locks that it holds are of no more use.
        if (isSilent(error)) (client as unknown as Wired).connection.stream.destroy()
        throw error
      }),
    onEnd: fn => void ended.promise.then(fn),
    close: async () => {
      const farewell = setTimeout(() => (client as unknown as Wired).connection.stream.destroy(), farewellMs)
      await client.end().catch(() => {})
      clearTimeout(farewell)
    },
  }
}

/** The server or the network did not answer at all. */
const isSilent = (error: unknown): boolean => /Query read timeout/.test(String((error as Error).cause))

/** Where pg keeps its socket. `end()` would wait for a server that does not answer. */
type Wired = { connection: { stream: Duplex } }

/**
 * Sends all statements of one turn of the event loop in one packet, so that PostgreSQL wakes up once for all of them.
 */
function sendTogether(client: pg.PoolClient): void {
  const { stream } = (client as unknown as Wired).connection
  if (stream.writableCorked > 0) return
  stream.cork()
  process.nextTick(() => stream.uncork())
}

type Run = <R extends object>(client: pg.Client, statement: Statement) => Promise<R[]>

/** An `error` event without a listener would end the process; whoever uses a connection gets its error as well. */
function openPool(connection: pg.ClientConfig, max: number, log: Logger): pg.Pool {
  const note = (error: Error) => log.debug({ err: error }, 'a connection to PostgreSQL has ended')
  return new pg.Pool({ ...connection, max }).on('error', note).on('connect', client => client.on('error', note))
}

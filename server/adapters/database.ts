import pg from 'pg'
import type { Connection, Database, Reads, Session, Statement } from '../ports/database.ts'
import type { Logger } from '../kernel/logger.ts'
import { type Metrics, noMetrics } from '../ports/metrics.ts'
import { connectionTo } from './database-connection.ts'
import { createReadSnapshot } from './database-snapshot.ts'
import { translateError } from './database-errors.ts'
import { measureStatements } from './database-metrics.ts'
import {
  createReadWithin,
  createRun,
  createTransaction,
  isSilent,
  openPool,
  type Run,
  type Wired,
} from './database-pool.ts'
import { openReplica, type Replica } from './replica/index.ts'

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
  /** Null when none is configured. */
  replica: Replica | null
  /** Counts of connections: all, idle ones, and calls that wait for one. */
  pool(): { total: number; idle: number; waiting: number }
  close(): Promise<void>
}

/**
 * Opens the pool that everything shares. Statements run on its connections directly and pipelined: MikroORM describes
 * and migrates the tables, and its unit of work would cost 4 to 27 times the CPU (docs/decisions/0002).
 *
 * @param replicaUrl a streaming replica, which `reads` then uses
 */
export function openDatabase(
  url: string,
  log: Logger,
  metrics: Metrics = noMetrics,
  replicaUrl?: string,
): PostgresDatabase {
  const connection = connectionTo(url, limits, { pipeline: true, query_timeout: silentTimeoutMs })
  const pool = openPool(connection, poolSize, log)
  const reserved = openPool(connection, reservedSize, log)
  const measure = measureStatements(metrics)
  const run = createRun(measure)
  const transaction = createTransaction(pool, run)
  const replica =
    replicaUrl === undefined ? null : openReplica({ url: replicaUrl, primaryUrl: url, log, metrics, measure })

  const primary: Reads = { query: statement => run(pool, statement), readWithin: createReadWithin(transaction) }
  return {
    ...primary,
    reads: replica?.before(primary) ?? primary,
    replica,
    transaction: work => transaction('begin', work),
    readSnapshot: createReadSnapshot(url, run),
    openSession: ({ idleTimeoutMs }) => openSession(url, idleTimeoutMs, run),
    reserved: { query: statement => run(reserved, statement) },
    pool: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: async () => void (await Promise.all([pool.end(), reserved.end(), replica?.close()])),
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

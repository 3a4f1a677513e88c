import { Migrator } from '@mikro-orm/migrations'
import { MikroORM } from '@mikro-orm/postgresql'
import pg from 'pg'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Connection, Database, Session, Statement } from '../kernel/database.ts'
import type { Logger } from '../kernel/logger.ts'
import { StartError } from '../kernel/start-error.ts'
import { translateError } from './database-errors.ts'
import { type DatabaseUrls, letServe } from './database-roles.ts'
import { rowTypes } from './database-types.ts'
import { migrateJobQueue } from './jobs-graphile.ts'

const migrationsDir = fileURLToPath(new URL('../../migrations', import.meta.url))

/** A statement that waits longer than this for a lock gives up with `unavailable`; so does one that runs longer. */
const timeouts = { lock_timeout: 5_000, statement_timeout: 10_000, idle_in_transaction_session_timeout: 10_000 }
/** Longer than PostgreSQL's own: for a server, or a network, that does not even say that it gives up. */
const silentTimeoutMs = 12_000
const sessionTimeoutMs = 10_000
/** Then a line is closed that the server has not closed when it was asked to. */
const farewellMs = 1_000
const poolSize = 16
const reservedSize = 2
const acquireTimeoutMs = 5_000

export interface PostgresDatabase extends Database {
  orm: MikroORM
  /** Connections kept for health checks: they answer also while calls wait for one of the pool. */
  reserved: Connection
  /** Connections: those that exist, that are idle, and the calls that wait for one. */
  pool(): { total: number; idle: number; waiting: number }
  close(): Promise<void>
}

/**
 * Opens the pool that everything shares. MikroORM owns it (entities, migrations, drift check); statements run on its
 * connections directly and pipelined, because the unit of work costs 4 to 27 times the CPU (docs/decisions/0002).
 */
export async function openDatabase(url: string, log: Logger): Promise<PostgresDatabase> {
  const settings = { ...timeouts, query_timeout: silentTimeoutMs }
  const orm = await initOrm(url, log, settings)
  const pool = await (orm.em.getConnection() as unknown as { getNativeClient(): Promise<pg.Pool> }).getNativeClient()

  const reserved = new pg.Pool({ connectionString: url, max: reservedSize, ...driverOptions(settings) })
  reserved.on('error', () => {})
  reserved.on('connect', client => client.on('error', () => {}))

  const run = async <R extends object>(
    client: pg.Pool | pg.PoolClient | pg.Client,
    statement: Statement,
  ): Promise<R[]> => {
    try {
      const { text, values, name } = statement
      const result = await client.query<R>({ text, values, types: rowTypes, ...(name && { name }) })
      return result.rows
    } catch (error) {
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
        // The connection may be another's by now, and what runs on it part of another's transaction.
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
      // One that does not answer would let the rollback wait as long again; without the connection there is one.
      if (isSilent(error)) broken = error as Error
      else await client.query('rollback').catch(failure => (broken = failure))
      throw error
    } finally {
      client.release(broken)
    }
  }

  return {
    orm,
    query: statement => run(pool, statement),
    transaction: work => transaction('begin', work),
    readWithin: (timeoutMs, work) =>
      transaction(`begin read only; set local statement_timeout = ${timeoutMs}`, async tx => ({
        value: await work(tx),
      })),
    openSession: ({ idleTimeoutMs }) => openSession(url, idleTimeoutMs, run),
    reserved: { query: statement => run(reserved, statement) },
    pool: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: async () => void (await Promise.all([orm.close(true), reserved.end()])),
  }
}

async function openSession(url: string, idleTimeoutMs: number, run: Run): Promise<Session> {
  const client = new pg.Client({
    connectionString: url,
    // What PostgreSQL gives up sooner than this end does leaves no lock behind that nobody holds.
    options: `-c TimeZone=UTC -c idle_session_timeout=${idleTimeoutMs} -c lock_timeout=5000 -c statement_timeout=8000`,
    connectionTimeoutMillis: acquireTimeoutMs,
    query_timeout: sessionTimeoutMs,
    keepAlive: true,
  })
  const ended = Promise.withResolvers<void>()
  client.on('error', () => ended.resolve())
  client.on('end', () => ended.resolve())
  await client.connect().catch(error => {
    throw translateError(error)
  })
  return {
    query: <R extends object>(statement: Statement) =>
      run<R>(client, statement).catch(error => {
        // What it still runs nobody knows: the session is of no more use, nor are the locks that it holds.
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

/** The server, or the network, did not answer at all. */
const isSilent = (error: unknown): boolean => /Query read timeout/.test(String((error as Error).cause))

/** Where pg keeps its line: `end()` would wait for a server that does not answer. */
type Wired = { connection: { stream: Duplex } }

/** What is asked in one turn of the event loop goes out in one packet, and PostgreSQL wakes up once for all of it. */
function sendTogether(client: pg.PoolClient): void {
  const { stream } = (client as unknown as Wired).connection
  if (stream.writableCorked > 0) return
  stream.cork()
  process.nextTick(() => stream.uncork())
}

type Run = <R extends object>(client: pg.Client, statement: Statement) => Promise<R[]>

/** Building an index on a large table takes as long as it takes; only for a lock nobody may wait long, for others wait behind. */
const patient = { lock_timeout: 5_000 }

function initOrm(url: string, log: Logger, settings: Record<string, number>): Promise<MikroORM> {
  return MikroORM.init({
    clientUrl: url,
    entities: [],
    extensions: [Migrator],
    discovery: { warnWhenNoEntities: false },
    migrations: {
      path: migrationsDir,
      pathTs: migrationsDir,
      glob: '*.ts',
      snapshot: false,
      // Each commits alone: the lock of one is not kept while the next one builds an index.
      allOrNothing: false,
      disableForeignKeys: false,
    },
    pool: { min: 0, max: poolSize },
    logger: message => log.debug(message),
    driverOptions: driverOptions(settings),
  })
}

const driverOptions = ({ query_timeout, ...settings }: Record<string, number>) => ({
  pipeline: true,
  connectionTimeoutMillis: acquireTimeoutMs,
  ...(query_timeout !== undefined && { query_timeout }),
  keepAlive: true,
  // Compiling a statement takes longer than any of ours.
  options: `-c TimeZone=UTC -c jit=off ${Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ')}`,
})

/** A role that only serves finds nothing to do here on a schema that is up to date. */
function explainRights(error: unknown): never {
  if ((error as { code?: unknown }).code !== insufficientPrivilege) throw error
  throw new StartError(
    'The tables are not those of this release, and the role of DATABASE_URL may not change them.\n' +
      'Set DATABASE_MIGRATION_URL to the role that owns them.',
    { cause: error },
  )
}

const insufficientPrivilege = '42501'

/** Any number that all instances agree on: two that start at once must not both migrate. */
const migrationLock = 7_201_001

/**
 * Brings the schema up to date, and the rights of the role that serves; of several processes that try at once one does it
 * and the others wait.
 */
export async function migrate({ url, migrationUrl }: DatabaseUrls, log: Logger): Promise<void> {
  const owner = migrationUrl ?? url
  const lock = new pg.Client({ connectionString: owner, connectionTimeoutMillis: acquireTimeoutMs })
  lock.on('error', () => {})
  await lock.connect()
  try {
    await lock.query('select pg_advisory_lock($1)', [migrationLock])
    const orm = await initOrm(owner, log, patient)
    try {
      await orm.migrator.up().catch(explainRights)
      await migrateJobQueue(owner, log)
      if (migrationUrl !== null) await letServe(lock, url)
    } finally {
      await orm.close(true)
    }
  } finally {
    await lock.end()
  }
}

import pg from 'pg'
import type { Duplex } from 'node:stream'
import type { Logger } from '../kernel/logger.ts'
import type { Connection, Reads, Statement } from '../ports/database.ts'
import { translateError } from './database-errors.ts'
import { rowTypes } from './database-types.ts'

/** Runs a statement on a connection or on any of a pool; errors are those of the port. */
export type Run = <R extends object>(client: pg.Pool | pg.PoolClient | pg.Client, statement: Statement) => Promise<R[]>

/** Runs `work` between this beginning and a commit; `last` is sent together with the commit. */
export type Transaction = <T>(
  begin: string,
  work: (tx: Connection) => Promise<{ value: T; last?: Statement | undefined }>,
) => Promise<T>

/** @param measure called with when each statement began, and whether it succeeded */
export const createRun =
  (measure: (began: number, isOk: boolean) => void): Run =>
  async <R extends object>(client: pg.Pool | pg.PoolClient | pg.Client, statement: Statement) => {
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

/** Transactions on connections of a pool. */
export const createTransaction =
  (pool: pg.Pool, run: Run): Transaction =>
  async (begin, work) => {
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

/** Transactions that only read, with a time limit for each statement. */
export const createReadWithin =
  (transaction: Transaction): Reads['readWithin'] =>
  (timeoutMs, work) =>
    transaction(`begin read only; set local statement_timeout = ${timeoutMs}`, async tx => ({ value: await work(tx) }))

/** The server or the network did not answer at all. */
export const isSilent = (error: unknown): boolean => /Query read timeout/.test(String((error as Error).cause))

/** Where pg keeps its socket. `end()` would wait for a server that does not answer. */
export type Wired = { connection: { stream: Duplex } }

/**
 * Sends all statements of one turn of the event loop in one packet, so that PostgreSQL wakes up once for all of them.
 */
export function sendTogether(client: pg.PoolClient): void {
  const { stream } = (client as unknown as Wired).connection
  if (stream.writableCorked > 0) return
  stream.cork()
  process.nextTick(() => stream.uncork())
}

/** An `error` event without a listener would end the process; whoever uses a connection gets its error as well. */
export function openPool(connection: pg.ClientConfig, max: number, log: Logger): pg.Pool {
  const note = (error: Error) => log.debug({ err: error }, 'a connection to PostgreSQL has ended')
  return new pg.Pool({ ...connection, max }).on('error', note).on('connect', client => client.on('error', note))
}

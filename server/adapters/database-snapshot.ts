import pg from 'pg'
import type { Connection, Database, Snapshot, Statement } from '../ports/database.ts'
import { connectionTo } from './database-connection.ts'
import { translateError } from './database-errors.ts'

/** In milliseconds. The first rows come only when everything is sorted. */
const limits = { lock: 5_000, statement: 60_000, idleInTransaction: 60_000 }
/** It applies when the server or the network does not even report a time-out. */
const silentTimeoutMs = 70_000

type Run = <R extends object>(client: pg.Client, statement: Statement) => Promise<R[]>

/**
 * Not a connection of the pool, because it is kept for minutes. Rows come through a cursor of PostgreSQL, which is read
 * only as fast as its reader takes them, so neither side holds more than a portion in memory.
 */
export const createReadSnapshot =
  (url: string, run: Run): Database['readSnapshot'] =>
  async work => {
    const client = new pg.Client(connectionTo(url, limits, { query_timeout: silentTimeoutMs }))
    client.on('error', () => {})
    try {
      await client.connect()
      await client.query('begin isolation level repeatable read read only')
    } catch (error) {
      await client.end().catch(() => {})
      throw translateError(error)
    }
    let cursors = 0
    const query: Connection['query'] = statement => run(client, statement)
    async function* rows<R extends object>({ text, values }: Statement, most: () => number) {
      const cursor = `c${++cursors}`
      await query({ text: `declare ${cursor} no scroll cursor for ${text}`, values })
      for (;;) {
        const found = await query<R>({ text: `fetch forward ${most()} from ${cursor}`, values: [] })
        if (found.length === 0) break
        yield found
      }
      await query({ text: `close ${cursor}`, values: [] })
    }
    try {
      return await work({ query, rows } satisfies Snapshot)
    } finally {
      // Closing the connection ends the transaction, also after an error.
      await client.end().catch(() => {})
    }
  }

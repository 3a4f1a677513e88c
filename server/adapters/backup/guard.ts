import pg from 'pg'
import { unavailable } from '../../kernel/errors.ts'
import type { GoingOn } from '../../ports/going-on.ts'
import { connectionTo } from '../database-connection.ts'

/** PostgreSQL ends a session that was silent for this long: a frozen process must not keep everybody out for ever. */
const silenceMs = 15_000
const beatMs = 3_000

/** A session that holds the locks of a backup or a restore, as long as this process lives. */
export interface Guard {
  /** Whether the lock could be taken. */
  tryTake(lock: GoingOn): Promise<boolean>
  /** Takes a lock that others may hold too. */
  share(lock: GoingOn): Promise<void>
  /** Aborted when the session ended by itself, and its locks with it. */
  readonly lost: AbortSignal
  /** Frees all locks. */
  close(): Promise<void>
}

export async function openGuard(url: string): Promise<Guard> {
  const limits = { statement: 8_000, idleSession: silenceMs }
  const client = new pg.Client(connectionTo(url, limits, { query_timeout: 10_000 }))
  const lost = new AbortController()
  const lose = () => lost.abort(unavailable(new Error('the session of the guard has ended')))
  client.on('error', lose)
  client.on('end', lose)
  await client.connect()
  const timer = setInterval(() => void client.query('select 1').catch(lose), beatMs)
  timer.unref()
  return {
    lost: lost.signal,
    tryTake: async lock => {
      const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [lock])
      return rows[0]!.taken
    },
    share: async lock => void (await client.query('select pg_advisory_lock_shared($1)', [lock])),
    close: async () => {
      clearInterval(timer)
      // The end of the session would do, but some time after this call.
      await client.query('select pg_advisory_unlock_all()').catch(() => {})
      await client.end().catch(() => {})
    },
  }
}

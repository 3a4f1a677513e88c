import type { User } from '../../../contract/index.ts'
import type { Database } from '../../ports/database.ts'
import type { CountLookUp } from '../../kernel/cache-metrics.ts'
import type { Kept } from '../../ports/cache.ts'
import { presentUser } from './accounts.present.ts'
import { createLru } from '../../kernel/lru.ts'
import { findAccess, type SignedInTimes } from './sessions.queries.ts'

export interface Access {
  person: User
  /** Null when this person has no such session. */
  session: SignedInTimes | null
}

export interface SessionStates {
  /** The account and the session of a token, at most a second old; null when there is no such account. */
  find(sessionId: string, userId: number): Promise<Access | null>
  forget(event: { session_id?: string; user_id?: number }): void
  kept: Kept
}

interface Entry {
  userId: number
  askedAt: number
  answer: Promise<Access | null>
}

const maxAgeMs = 1_000
const capacity = 10_000

/**
 * Every request needs its session, so a query is shared by simultaneous callers and reused for a second. A change on
 * this instance drops it at once, a change on another instance when its event arrives; the second is the limit when the
 * event does not arrive.
 */
export function createSessionStates(database: Database, countLookUp: CountLookUp = () => {}): SessionStates {
  const count = (outcome: 'hit' | 'miss') => countLookUp('sessions', outcome)
  const entries = createLru<string, Entry>(capacity)

  async function load(sessionId: string, userId: number): Promise<Access | null> {
    const row = await findAccess(database, sessionId, userId)
    if (!row) return null
    const { ended_at, expires_at, last_active_at, authenticated_at } = row
    const isThere = expires_at !== null && last_active_at !== null && authenticated_at !== null
    const session = isThere ? { ended_at, expires_at, last_active_at, authenticated_at } : null
    return { person: presentUser(row), session }
  }

  return {
    find(sessionId, userId) {
      const known = entries.get(sessionId)
      // The age counts from the start of the query, so a slow answer is as old as its query.
      if (known && known.userId === userId && performance.now() - known.askedAt < maxAgeMs) {
        count('hit')
        return known.answer
      }
      count('miss')
      const entry = { userId, askedAt: performance.now(), answer: load(sessionId, userId) }
      entries.set(sessionId, entry)
      entry.answer.catch(() => {
        if (entries.get(sessionId) === entry) entries.delete(sessionId)
      })
      return entry.answer
    },
    // Running queries are dropped too, because they may have read the state before the change.
    forget({ session_id, user_id }) {
      if (session_id !== undefined) entries.delete(session_id)
      if (user_id === undefined) return
      for (const [sessionId, entry] of entries.entries()) if (entry.userId === user_id) entries.delete(sessionId)
    },
    kept: { name: 'sessions', size: () => entries.size, drop: entries.clear },
  }
}

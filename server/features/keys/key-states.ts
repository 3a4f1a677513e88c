import type { CountLookUp } from '../../kernel/cache-metrics.ts'
import { createLru } from '../../kernel/lru.ts'
import type { Kept } from '../../ports/cache.ts'
import type { Database } from '../../ports/database.ts'
import { findByPrefix, type KeyOwner } from './authentication.queries.ts'
import { isHash } from './key-secrets.ts'

/** A key that was shown, with its owner. */
export interface ShownKey {
  owner: KeyOwner
  /** It is the key from before the last rotation. */
  isFormer: boolean
}

export interface KeyStates {
  /** The key with this prefix and hash, at most a second old; null when there is none. */
  find(prefix: string, hash: Buffer): Promise<ShownKey | null>
  /** The account of a key that was found before, without a query; null for any other. */
  accountOf(hash: Buffer): number | null
  forget(event: { api_key_id?: number; user_id?: number }): void
  kept: Kept
}

interface Entry {
  askedAt: number
  answer: Promise<ShownKey | null>
  /** Null until it was found. */
  of: { api_key_id: number; user_id: number } | null
}

const maxAgeMs = 1_000
const capacity = 10_000

/**
 * Every call needs its key, so a query is shared by simultaneous callers and reused for a second, as with sessions. A
 * change on this instance drops it at once, a change on another instance when its event arrives; the second is the limit
 * when the event does not arrive. Only keys that were found are kept: a wrong secret costs the same query as a key that
 * does not exist, and neither makes others be forgotten.
 */
export function createKeyStates(database: Database, countLookUp: CountLookUp = () => {}): KeyStates {
  const count = (outcome: 'hit' | 'miss') => countLookUp('keys', outcome)
  const entries = createLru<string, Entry>(capacity)

  async function load(prefix: string, hash: Buffer): Promise<ShownKey | null> {
    const owner = await findByPrefix(database, prefix)
    const [isPresent, isFormer] = [isHash(hash, owner?.hash), isHash(hash, owner?.previous_hash)]
    return owner && (isPresent || isFormer) ? { owner, isFormer } : null
  }

  /** Rises when something is forgotten: a query that began before may have read the state before the change. */
  let forgettings = 0

  return {
    find(prefix, hash) {
      const name = hash.toString('base64')
      const known = entries.get(name)
      // The age counts from the start of the query, so a slow answer is as old as its query.
      if (known && performance.now() - known.askedAt < maxAgeMs) {
        count('hit')
        return known.answer
      }
      count('miss')
      const before = forgettings
      const answer = load(prefix, hash)
      const entry: Entry = { askedAt: performance.now(), answer, of: known?.of ?? null }
      if (known) entries.set(name, entry)
      const drop = () => {
        if (entries.get(name) === entry) entries.delete(name)
      }
      answer.then(shown => {
        if (!shown) return drop()
        entry.of = { api_key_id: shown.owner.key_id, user_id: shown.owner.id }
        if (!known && before === forgettings) entries.set(name, entry)
      }, drop)
      return answer
    },
    accountOf: hash => entries.get(hash.toString('base64'))?.of?.user_id ?? null,
    forget({ api_key_id, user_id }) {
      forgettings++
      for (const [name, { of }] of entries.entries())
        if (of && (of.api_key_id === api_key_id || of.user_id === user_id)) entries.delete(name)
    },
    kept: { name: 'keys', size: () => entries.size, drop: entries.clear },
  }
}

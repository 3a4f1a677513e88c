import { AppError } from '../../kernel/errors.ts'
import type { KnownKey } from '../../kernel/known.ts'
import type { Kept } from '../../ports/cache.ts'
import type { CountLookUp } from '../../kernel/cache-metrics.ts'
import type { Database } from '../../ports/database.ts'
import { presentUser } from '../accounts/index.ts'
import { findById, findByIds, type KeyOwner } from './authentication.queries.ts'
import { hashOf, prefixOf } from './key-secrets.ts'
import { createKeyStates, type KeyStates } from './key-states.ts'

export interface KeyAuthentication {
  /**
   * Authenticates an API key.
   *
   * @throws AppError `unauthenticated`, the same for a key that does not exist and one with a wrong secret;
   *   `account_disabled`
   */
  authenticateKey(key: string): Promise<KnownKey>
  /** The account of a key that was authenticated here before, null for any other; without a query. */
  accountOfKey(key: string): number | null
  /**
   * Whether an authenticated key may continue, read from the database.
   *
   * @throws AppError `unauthenticated`, `account_disabled`
   */
  keyAccess(id: number): Promise<KnownKey>
  /** The same for many keys at once, without an error. */
  keyStandings(ids: readonly number[]): Promise<Map<number, KeyStanding>>
  /** Drops what is cached about a key, or about all keys of an account. */
  forgetKeys: KeyStates['forget']
  keptKeys: Kept
}

/** Whether a key may continue, in which role and with which permissions. */
export type KeyStanding =
  { role: KeyOwner['role']; permissions: readonly string[] } | { over: 'unauthenticated' | 'account_disabled' }

const notValid = () => new AppError('unauthenticated', 'The API key is not valid.')
/** Only whoever has the secret learns this. */
const over = (what: 'expired' | 'been revoked') => new AppError('unauthenticated', `The API key has ${what}.`)

export function createKeyAuthentication(deps: {
  database: Database
  countLookUp?: CountLookUp | undefined
}): KeyAuthentication {
  const { database } = deps
  const states = createKeyStates(database, deps.countLookUp)

  return {
    async authenticateKey(key) {
      const prefix = prefixOf(key)
      const shown = prefix === null ? null : await states.find(prefix, hashOf(key))
      if (!shown) throw notValid()
      const { owner, isFormer } = shown
      if (isFormer && (owner.previous_until === null || isOver(owner.previous_until))) throw notValid()
      const known = accessOf(owner)
      return isFormer ? { ...known, expiresAt: earliest(known.expiresAt, owner.previous_until) } : known
    },
    accountOfKey: key => (prefixOf(key) === null ? null : states.accountOf(hashOf(key))),
    async keyAccess(id) {
      const owner = await findById(database, id)
      if (!owner) throw notValid()
      return accessOf(owner)
    },
    async keyStandings(ids) {
      const standings = new Map<number, KeyStanding>(ids.map(id => [id, { over: 'unauthenticated' }]))
      for (const owner of ids.length === 0 ? [] : await findByIds(database, ids)) {
        if (!owner.is_active) standings.set(owner.key_id, { over: 'account_disabled' })
        else if (owner.revoked_at === null && !isOver(owner.expires_at))
          standings.set(owner.key_id, { role: owner.role, permissions: owner.key_permissions })
      }
      return standings
    },
    forgetKeys: states.forget,
    keptKeys: states.kept,
  }
}

const isOver = (time: string | null): boolean => time !== null && Date.parse(time) <= Date.now()

const earliest = (one: string | null, other: string | null): string | null =>
  one === null || (other !== null && other < one) ? other : one

/** The account is checked first, as with sessions. */
function accessOf(owner: KeyOwner): KnownKey {
  if (!owner.is_active) throw new AppError('account_disabled', 'The account has been disabled.')
  if (owner.revoked_at !== null) throw over('been revoked')
  if (isOver(owner.expires_at)) throw over('expired')
  const { key_id: id, key_prefix: prefix, key_permissions: permissions, rate_limit: rateLimit } = owner
  return {
    person: presentUser(owner),
    sessionId: null,
    key: { id, prefix, permissions, rateLimit },
    expiresAt: owner.expires_at,
  }
}

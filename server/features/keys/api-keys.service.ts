import { type ApiKey, type apiKeys, limits } from '../../../contract/index.ts'
import { type Command, system, type Tx } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { allowedTo } from '../../kernel/can.ts'
import { changedFields, given } from '../../kernel/changes.ts'
import { conflict, invalid, versionConflict } from '../../kernel/errors.ts'
import { newestFirst, pageOf } from '../../kernel/paging.ts'
import { isStale, type Scope } from '../../kernel/scope.ts'
import type { Sealer } from '../../kernel/sealed.ts'
import type { Database } from '../../ports/database.ts'
import { audit } from '../audit/index.ts'
import { notifyOfSecurity } from '../notifications/index.ts'
import { assertGiven, changeKey, listedOwners, seeKey } from './api-keys.policy.ts'
import * as queries from './api-keys.queries.ts'
import { hashOf, newKey, newPrefix } from './key-secrets.ts'
import type { KeyStates } from './key-states.ts'

export interface ApiKeyDeps {
  database: Database
  command: Command
  sealer: Sealer
  forget: KeyStates['forget']
}

type Service = Omit<Handlers<typeof apiKeys>, 'usage'>

/** The revoked keys of a person that stay in the list. */
const keptRevoked = 50

/** What people do with their API keys. */
export function createApiKeyService({ database, command, sealer, forget }: ApiKeyDeps): Service {
  /** Answers of commands may be kept, so they hold the key encrypted; here it is added in plain text. */
  function withKey({ apiKey, sealed }: { apiKey: ApiKey; sealed: string }) {
    const key = sealer.open(Buffer.from(sealed, 'base64'))
    if (key === null) throw conflict('The key cannot be read any more; rotate it.')
    return { ...apiKey, key }
  }

  const madeOf = (apiKey: ApiKey, key: string) => ({ apiKey, sealed: sealer.seal(key).toString('base64') })

  /** Seen without a lock first, so that a stranger makes nobody wait. */
  async function hold(tx: Tx, scope: Scope, id: number, action: typeof seeKey): Promise<ApiKey> {
    allowedTo(scope, action, await queries.findKey(tx, id))
    const key = allowedTo(scope, action, await queries.lockKey(tx, id))
    if (isStale(scope, key.version)) throw versionConflict(key)
    return key
  }

  async function holdUsable(tx: Tx, scope: Scope, id: number): Promise<ApiKey> {
    const key = await hold(tx, scope, id, changeKey)
    if (key.revoked_at !== null) throw conflict('The API key has been revoked.')
    return key
  }

  return {
    async list(scope, { user_id, ...page }) {
      const owners = listedOwners(scope, user_id)
      return pageOf(
        page,
        ['api keys', owners],
        newestFirst,
        clauses => queries.listKeys(database, owners, clauses),
        () => queries.countKeys(database, owners),
      )
    },

    get: async (scope, { id }) => allowedTo(scope, seeKey, await queries.findKey(database, id)),

    async create(scope, { name, permissions: wanted, rate_limit, expires_at }) {
      const permissions = [...new Set(wanted)]
      assertGiven(scope, permissions)
      assertFuture(expires_at)
      const made = await command(scope, async tx => {
        const { id } = scope.person
        await queries.lockKeysOf(tx, id)
        if ((await queries.countUsableKeysOf(tx, id)) >= limits.apiKeys)
          throw conflict(`One person may have ${limits.apiKeys} API keys at most.`)
        const prefix = newPrefix()
        const key = newKey(prefix)
        const row = { user_id: id, name, prefix, hash: hashOf(key), permissions, rate_limit, expires_at }
        const apiKey = await queries.insertKey(tx, row, tx.now)
        await audited(tx, scope, 'created', apiKey, { permissions, rate_limit, expires_at })
        await told(tx, scope, apiKey, 'was made')
        return madeOf(apiKey, key)
      })
      return withKey(made)
    },

    async update(scope, { id, permissions, ...others }) {
      const wanted = { ...others, ...(permissions && { permissions: [...new Set(permissions)] }) }
      if (wanted.permissions) assertGiven(scope, wanted.permissions)
      assertFuture(wanted.expires_at ?? null)
      const apiKey = await command(scope, async tx => {
        const held = await holdUsable(tx, scope, id)
        const changed = changedFields<ApiKey>(held, given(wanted))
        if (changed.length === 0) return held
        const next = await queries.updateKey(tx, held, given(wanted))
        // What a socket may see depends on these.
        const closes = changed.includes('permissions') || changed.includes('expires_at')
        recordChanged(tx, next, closes ? 'restart' : 'keep')
        const changes = changed.filter(field => field !== 'name')
        await audited(tx, scope, 'updated', next, {
          changed,
          ...Object.fromEntries(changes.map(field => [field, { from: held[field], to: next[field] }])),
        })
        if (changes.length > 0) await told(tx, scope, next, 'was changed')
        return next
      })
      forget({ api_key_id: id })
      return apiKey
    },

    async revoke(scope, { id }) {
      await command(scope, async tx => {
        const held = await hold(tx, scope, id, seeKey)
        if (held.revoked_at !== null) return
        const revoked = await queries.updateKey(tx, held, { revoked_at: tx.now })
        await queries.dropOldestRevoked(tx, held.user_id, keptRevoked)
        recordChanged(tx, revoked, 'end')
        await audited(tx, scope, 'revoked', revoked)
        await told(tx, scope, revoked, 'was revoked')
      })
      forget({ api_key_id: id })
    },

    async rotate(scope, { id, overlap_seconds }) {
      const made = await command(scope, async tx => {
        const { prefix } = await holdUsable(tx, scope, id)
        const key = newKey(prefix)
        const apiKey = await queries.replaceHash(tx, id, hashOf(key), overlap_seconds, tx.now)
        recordChanged(tx, apiKey, 'restart')
        await audited(tx, scope, 'rotated', apiKey, { overlap_seconds })
        await told(tx, scope, apiKey, 'got a new secret')
        return madeOf(apiKey, key)
      })
      forget({ api_key_id: id })
      return withKey(made)
    },
  }
}

function assertFuture(time: string | null): void {
  if (time !== null && Date.parse(time) <= Date.now()) throw invalid({ expires_at: 'must lie in the future' })
}

/** Tells every instance to forget the key, and what becomes of its sockets. */
const recordChanged = (tx: Tx, { id, user_id }: ApiKey, sockets: 'keep' | 'restart' | 'end') =>
  tx.record('api_key_changed', { api_key_id: id, user_id, sockets }, system)

/** The owner has written the name, so it goes with their erasure. */
const audited = (tx: Tx, scope: Scope, what: string, { id, user_id, prefix, name }: ApiKey, details: object = {}) =>
  audit(tx, scope, {
    action: `api_key.${what}`,
    resource: 'api_key',
    resourceId: id,
    details: { user_id, prefix, ...details },
    personal: { name },
    personalOf: user_id,
  })

const told = (tx: Tx, { person }: Scope, { id, user_id, name, prefix }: ApiKey, what: string) =>
  notifyOfSecurity(
    tx,
    user_id,
    `Your API key “${name}” (${prefix}…) ${what}${person.id === user_id ? '' : ' by an administrator'}.`,
    { api_key_id: id },
  )

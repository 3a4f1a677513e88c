import type { RateLimit, rateLimits } from '../../../contract/index.ts'
import type { Command } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { addressKey } from '../../kernel/client-address.ts'
import type { Counters } from '../../ports/counters.ts'
import type { Database } from '../../ports/database.ts'
import { audit } from '../audit/index.ts'
import type { Policies, Policy } from './limits.policy.ts'
import { findEmail, findKeyIds } from './limits.queries.ts'
import { signInKeys } from './sign-ins.ts'
import { addressLimitKey, apiKeyKey, keysOfKey, personKey } from './spending.ts'
import { standingOf } from './standing.ts'

interface Deps {
  database: Database
  command: Command
  /** Null when there are no limits. */
  counters: Counters | null
  policies: Policies
  /** Forgets on every instance what these keys hold. */
  forget: (keys: readonly string[]) => Promise<number>
}

/** What people see of their limits, and what administrators reset. */
export function createLimitsService(deps: Deps): Handlers<typeof rateLimits> {
  const { database, command, counters, policies } = deps

  async function keysOf(what: { user_id?: number; api_key_id?: number; ip?: string }): Promise<string[]> {
    if (what.ip !== undefined) return [addressLimitKey(what.ip), signInKeys.address(what.ip)]
    if (what.api_key_id !== undefined) return [apiKeyKey(what.api_key_id)]
    const [email, keys] = await Promise.all([findEmail(database, what.user_id!), findKeyIds(database, what.user_id!)])
    const ofSignIns = email === undefined ? [] : [signInKeys.account(email), signInKeys.pairsOf(email)]
    return [personKey(what.user_id!), keysOfKey(what.user_id!), ...keys.map(apiKeyKey), ...ofSignIns]
  }

  return {
    async status({ person, key }) {
      if (!counters) return { tier: person.tier, limits: [] }
      const policy = policies.ofPerson(person)
      const told = async (at: string, of: Policy): Promise<RateLimit> => {
        const found = standingOf(of, await counters.read(at), counters.windowSeconds)
        const { windowSeconds, resetAt, ...rest } = found
        return { ...rest, window_seconds: windowSeconds, reset_at: new Date(resetAt).toISOString() }
      }
      const limits = key
        ? [told(apiKeyKey(key.id), policies.ofKey(key.rateLimit, policy)), told(keysOfKey(person.id), policy)]
        : [told(personKey(person.id), policy)]
      return { tier: person.tier, limits: await Promise.all(limits) }
    },

    async reset(scope, { user_id, api_key_id, ip, all }) {
      await command(scope, tx =>
        audit(tx, scope, {
          action: 'rate_limits.reset',
          resource: user_id !== undefined ? 'user' : api_key_id !== undefined ? 'api_key' : 'rate_limits',
          resourceId: user_id ?? api_key_id ?? null,
          details: ip !== undefined ? { network: addressKey(ip) } : all ? { all } : {},
        }),
      )
      const keys = all ? [] : await keysOf({ user_id, api_key_id, ip } as { user_id?: number })
      return { reset_count: counters ? await deps.forget(keys) : 0 }
    },
  }
}

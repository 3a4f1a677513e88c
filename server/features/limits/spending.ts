import type { User } from '../../../contract/index.ts'
import { addressKey } from '../../kernel/client-address.ts'
import { createLru } from '../../kernel/lru.ts'
import type { Standing } from '../../kernel/standing.ts'
import type { Count, Counters } from '../../ports/counters.ts'
import type { Policies, Policy } from './limits.policy.ts'
import { beyond, standingOf } from './standing.ts'

/** Whose limits a call takes from, as far as the call shows it before any look-up. */
export type Subject =
  /** The account of a token of ours. */
  | { account: number }
  /** Nobody who is known. */
  | { address: string }
  /** Only the look-up will tell; when it fails, it is the address. */
  | { later: true; address: string }

/** Who it is, after the look-up. */
export interface Caller {
  person: Pick<User, 'id' | 'role' | 'tier'>
  key?: { id: number; rateLimit: number | null } | undefined
}

/** What one call takes from the limits of its caller. */
export interface Spending {
  /** Refuses at once, without any work, who is known to be beyond a limit. @throws AppError `rate_limited` */
  check(): void
  /** @param caller null for a caller who stays unknown @throws AppError `rate_limited` */
  judge(caller: Caller | null): Promise<void>
  /** Takes more, for a call that costs more; nothing when that is too much. @throws AppError `rate_limited` */
  more(cost: number): Promise<void>
  /** Says something that another limit said of the call. */
  note(standing: Standing): void
  /** What is left, for the headers of the answer. */
  standings(): Promise<Standing[]>
}

interface Part {
  key: string
  policy: Policy | null
  count: Promise<Count>
}

/** All API keys of a person together: they have one more limit of their owner, so they never use up that of the person. */
export const keysOfKey = (personId: number) => `keys_of:${personId}`
export const personKey = (id: number) => `person:${id}`
export const apiKeyKey = (id: number) => `api_key:${id}`
export const addressLimitKey = (address: string) => `address:${addressKey(address)}`

/** Of how many keys an instance remembers that they are beyond their limit; others are counted once more to know. */
const rememberedKeys = 50_000

export function createSpendings({ counters, policies }: { counters: Counters; policies: Policies }) {
  const { windowSeconds } = counters
  const refused = createLru<string, Standing>(rememberedKeys)
  /** Of people, as they were last seen. */
  const lastPolicies = createLru<string, Policy>(rememberedKeys)

  const add = (key: string, policy: Policy | null, cost: number): Part => ({
    key,
    policy,
    count: counters.add(key, cost),
  })
  const policyOf = ({ key, policy }: Part) => policy ?? lastPolicies.get(key)
  const standing = async (part: Part, policy: Policy) => standingOf(policy, await part.count, windowSeconds)

  async function assertWithin(part: Part, policy: Policy): Promise<void> {
    const { amount } = await part.count
    if (amount <= policy.limit) return
    const one = await standing(part, policy)
    refused.set(part.key, one)
    throw beyond(one)
  }

  function refusalOf(key: string): Standing | null {
    const one = refused.get(key)
    if (!one) return null
    if (one.resetAt > Date.now()) return one
    refused.delete(key)
    return null
  }

  /** @param cost of the call, as far as it is known already */
  function begin(subject: Subject, cost = 1): Spending {
    let refusal: Standing | null = null
    const first = 'account' in subject ? personKey(subject.account) : addressLimitKey(subject.address)
    if (!('later' in subject)) refusal = refusalOf(first)
    const noted: Standing[] = []
    const parts: Part[] =
      refusal || 'later' in subject ? [] : [add(first, 'account' in subject ? null : policies.ofAddress, cost)]

    /** Of a caller whom the look-up has not let in, such as the person of a session that has ended. */
    const policyOfUnknown = () =>
      'account' in subject
        ? (lastPolicies.get(first) ?? policies.ofPerson({ role: 'user', tier: 'free' }))
        : policies.ofAddress

    async function judgeKey({ id, rateLimit }: NonNullable<Caller['key']>, ownerId: number, policy: Policy) {
      refusal = refusalOf(apiKeyKey(id)) ?? refusalOf(keysOfKey(ownerId))
      if (refusal) throw beyond(refusal)
      const own = add(apiKeyKey(id), policies.ofKey(rateLimit, policy), cost)
      const all = add(keysOfKey(ownerId), policy, cost)
      parts.push(own, all)
      await assertWithin(own, own.policy!).catch((error: unknown) => {
        // What one key calls in vain is not taken from the others.
        all.count = counters.add(all.key, -cost)
        throw error
      })
      await assertWithin(all, policy)
    }

    return {
      check() {
        if (refusal) throw beyond(refusal)
      },
      async judge(caller) {
        const policy = caller ? policies.ofPerson(caller.person) : policyOfUnknown()
        const key = caller?.key
        if (caller && !key) lastPolicies.set(personKey(caller.person.id), policy)
        if (parts.length === 0 && !refusal) {
          if (caller && key) return judgeKey(key, caller.person.id, policy)
          parts.push(add(caller ? personKey(caller.person.id) : first, policy, cost))
        }
        for (const part of parts) await assertWithin(part, (part.policy ??= policy))
      },
      async more(extra) {
        const before = [...parts]
        for (const part of before) part.count = counters.add(part.key, extra)
        for (const part of before) {
          const policy = policyOf(part)
          if (!policy || (await part.count).amount <= policy.limit) continue
          const one = await standing(part, policy)
          for (const other of before) other.count = counters.add(other.key, -extra)
          throw beyond(one)
        }
      },
      note: one => void noted.push(one),
      async standings() {
        if (refusal) return [refusal]
        const all: Standing[] = [...noted]
        for (const part of parts) {
          const policy = policyOf(part)
          if (!policy) continue
          const one = await standing(part, policy)
          all.push(one)
          // Also when nobody has judged the call, because it led nowhere.
          if ((await part.count).amount > policy.limit) refused.set(part.key, one)
        }
        return all
      },
    }
  }

  return {
    begin,
    /** Forgets who is beyond a limit; whoever still is, is found to be so by the next call. */
    forgetRefused: () => refused.clear(),
  }
}

import type { Tx } from '../../events/index.ts'
import { type BudgetBounds, createBudgets } from '../../kernel/budgets.ts'
import { addressKey } from '../../kernel/client-address.ts'
import type { Database } from '../../ports/database.ts'
import { type Actor, audit, type Audited } from './audit.ts'

/**
 * For acts that anybody may repeat as often as they like, such as refused sign-ins: of an account and of an address only
 * some have entries of their own. The others are counted, and the counts get entries.
 */
export interface FrequentActs {
  /** For an act that changes something: its entry is committed with it. */
  add(tx: Pick<Tx, 'query' | 'now'>, actor: NonNullable<Actor>, audited: Audited): Promise<void>
  /** For an act that changes nothing: nobody waits for its entry, so the time of an answer does not tell about it. */
  note(actor: NonNullable<Actor>, audited: Audited): void
  /** Stores what was noted, and the counts of each minute. To be called every second; `all` at the end of the process. */
  write(all?: boolean): Promise<void>
}

/** Of each account and of each address. */
const perKey: BudgetBounds = { perSecond: 1 / 6, atOnce: 10 }
/** Of all together; the acts that change something are bounded by what they cost. */
const together: BudgetBounds = { perSecond: 2, atOnce: 100 }
const everyMs = 60_000
/** How many accounts and addresses are counted apart in a minute, and how many of them have an entry. */
const mostCounted = 1_000
const mostCounts = 20

interface Noted {
  actor: Actor
  audited: Audited
  at: string
}

interface Counted extends Noted {
  count: number
}

export function createFrequentActs(
  { database }: { database: Pick<Database, 'query'> },
  now: () => number = Date.now,
): FrequentActs {
  const budgets = createBudgets<string>(perKey, now)
  const overall = createBudgets<'all'>(together, now)
  const entries: Noted[] = []
  let counts = new Map<string, Counted>()
  let countedSince = now()
  const at = () => new Date(now()).toISOString()

  /** @returns the key whose budget is spent; null when there was enough for one more */
  function spent(keys: readonly string[]): string | null {
    const out = keys.find(key => !budgets.has(key))
    if (out !== undefined) return out
    for (const key of keys) budgets.take(key)
    return null
  }

  function count(key: string, actor: Actor, audited: Audited) {
    const full = counts.size >= mostCounted
    const of = [`${audited.action} ${key}`, `${audited.action} others`].find(one => counts.has(one) || !full)
    const found = of === undefined ? [...counts.values()][0] : counts.get(of)
    if (found) return void found.count++
    if (counts.size === 0) countedSince = now()
    counts.set(of!, { actor, audited, at: at(), count: 1 })
  }

  const insert = (tx: Pick<Tx, 'query' | 'now'>, { actor, audited }: Noted) => audit(tx, actor, audited)
  const store = (noted: Noted) => insert({ query: statement => database.query(statement), now: noted.at }, noted)

  return {
    async add(tx, actor, audited) {
      const key = spent([`u${actor.person?.id}`])
      if (key === null) await audit(tx, actor, audited)
      else count(key, actor, { ...audited, resourceId: null })
    },

    note(actor, audited) {
      const { person, address } = actor
      const account = person?.id ?? audited.resourceId
      const keys = [`a${addressKey(address)}`, ...(account === null ? [] : [`u${account}`])]
      const key = spent(keys) ?? (overall.take('all') ? null : keys.at(-1)!)
      if (key === null) entries.push({ actor, audited, at: at() })
      else count(key, actor, audited)
    },

    async write(all = false) {
      for (let next = entries[0]; next; next = entries[0]) {
        await store(next)
        entries.shift()
      }
      if (counts.size === 0 || (!all && now() - countedSince < everyMs)) return
      const most = [...counts.values()].toSorted((one, other) => other.count - one.count)
      counts = new Map()
      const rest = most.slice(mostCounts).reduce((sum, one) => sum + one.count, 0)
      for (const { actor, audited, at: since, count: times } of most.slice(0, mostCounts))
        await store({ actor, audited: { ...audited, details: { count: times, since } }, at: at() })
      if (rest === 0) return
      const { action, resource } = most[mostCounts]!.audited
      const details = { count: rest, accounts_and_addresses: most.length - mostCounts }
      await store({ actor: null, audited: { action, resource, resourceId: null, details }, at: at() })
    },
  }
}

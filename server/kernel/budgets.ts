export interface BudgetBounds {
  /** How much comes back each second. */
  perSecond: number
  /** How much may be spent at once after a pause. */
  atOnce: number
  /** The debt never exceeds what comes back in this time; without it the debt that `owe` adds has no limit. */
  mostDebtMs?: number
}

export interface Budgets<K> {
  /** Spends from the key's budget. @returns false, without spending anything, when less than `cost` is left */
  take(key: K, cost?: number): boolean
  /** Whether `take` would succeed now. */
  has(key: K, cost?: number): boolean
  /** Spends even more than is left, for a cost that is known only afterwards. @returns the new value of `debtMs` */
  owe(key: K, cost: number): number
  /** Milliseconds until the key's budget is no longer overdrawn; 0 when it is not overdrawn. */
  debtMs(key: K): number
  /** The number of remembered keys: those whose budget is not full, and some more. */
  readonly size: number
}

/** The number of keys at which full budgets are first removed. */
const firstSweepAt = 1_000

/**
 * Limits how often each key (a person, an address) may do something: an average rate per second, and more at once after
 * a pause. A key is remembered until its budget is full again, so reconnecting gains nothing.
 */
export function createBudgets<K>(
  { perSecond, atOnce, mostDebtMs = Infinity }: BudgetBounds,
  now = () => performance.now(),
): Budgets<K> {
  const spent = new Map<K, { left: number; at: number }>()
  let sweepAt = firstSweepAt

  const leftAt = ({ left, at }: { left: number; at: number }, time: number) =>
    Math.min(atOnce, left + ((time - at) / 1_000) * perSecond)

  function leftOf(key: K): number {
    const one = spent.get(key)
    return one ? leftAt(one, now()) : atOnce
  }

  function set(key: K, left: number) {
    if (spent.size >= sweepAt && !spent.has(key)) forgetFull()
    spent.set(key, { left, at: now() })
  }

  /**
   * Removes full budgets. The size at which this happens doubles with the number of kept keys, so the average cost per
   * key is constant.
   */
  function forgetFull() {
    const time = now()
    for (const [key, one] of spent) if (leftAt(one, time) >= atOnce) spent.delete(key)
    sweepAt = Math.max(firstSweepAt, 2 * spent.size)
  }

  const debtMs = (key: K) => Math.max(0, (-leftOf(key) / perSecond) * 1_000)

  return {
    has: (key, cost = 1) => leftOf(key) >= cost,
    take: (key, cost = 1) => {
      const left = leftOf(key)
      if (left < cost) return false
      set(key, left - cost)
      return true
    },
    owe: (key, cost) => {
      set(key, Math.max(leftOf(key) - cost, -(mostDebtMs / 1_000) * perSecond))
      return debtMs(key)
    },
    debtMs,
    get size() {
      return spent.size
    },
  }
}

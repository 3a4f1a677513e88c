export interface BudgetBounds {
  /** So much comes back each second. */
  perSecond: number
  /** So much may be spent at once after a pause. */
  atOnce: number
  /** Nobody owes more than comes back in so long; without it there is no end to what `owe` adds. */
  mostDebtMs?: number
}

export interface Budgets<K> {
  /** Spends from the key's budget. @returns false, and spends nothing, when there is less than `cost` left */
  take(key: K, cost?: number): boolean
  /** Whether `take` would succeed now. */
  has(key: K, cost?: number): boolean
  /** Spends more than there may be: for what is known only after it was done. @returns what `debtMs` returns then */
  owe(key: K, cost: number): number
  /** Milliseconds until the key's budget is no longer overdrawn; 0 when it is not. */
  debtMs(key: K): number
  /** Keys that are remembered: those whose budget is not full, and some more. */
  readonly size: number
}

/** So many keys are kept before the first look for those that can be forgotten. */
const firstSweepAt = 1_000

/**
 * How often each key (a person, an address) may do something: so much a second on average, and more at once after a
 * pause. A key is remembered until its budget is full again, so that going away and coming back gains nothing.
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

  /** The size at which it happens doubles with what is kept, so each key costs the same on average. */
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

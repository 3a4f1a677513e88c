import { createLru } from '../../kernel/lru.ts'
import type { Claimed, Room } from './claim.queries.ts'

/** How many deliveries this instance has on their way: in all, to webhooks of one person, and to one webhook. */
const bounds = { all: 200, allSlow: 100, perOwner: 40, most: 32, first: 4, slow: 2 }
const slowMs = 2_000
const remembered = 1_000

type Target = Pick<Claimed, 'webhook_id' | 'user_id'>
type Result = { delivered: boolean; durationMs: number }

const isQuick = ({ delivered, durationMs }: Result) => delivered && durationMs < slowMs

/**
 * How many deliveries each webhook may have on their way. A receiver that is quick gets more with each answer, one that
 * is slow or fails gets few, so that it takes the place of nobody.
 */
export function createPaces() {
  const allowed = createLru<number, number>(remembered)
  const underWay = new Map<number, number>()
  const owners = new Map<number, number>()
  let all = 0

  const count = (of: Map<number, number>, id: number, difference: number) => {
    const next = (of.get(id) ?? 0) + difference
    if (next > 0) of.set(id, next)
    else of.delete(id)
  }
  const add = ({ webhook_id, user_id }: Target, difference: number) => {
    count(underWay, webhook_id, difference)
    count(owners, user_id, difference)
    all += difference
  }

  return {
    get underWay() {
      return all
    },
    room(): Room {
      const of = new Map<number, number>()
      const slowOnes: number[] = []
      let slow = bounds.allSlow
      for (const [id, most] of allowed.entries()) {
        of.set(id, most)
        if (most > bounds.slow) continue
        slowOnes.push(id)
        slow -= underWay.get(id) ?? 0
      }
      for (const [id, held] of underWay) of.set(id, Math.max(0, (of.get(id) ?? bounds.first) - held))
      const { perOwner, first: otherwise } = bounds
      return { of, otherwise, all: bounds.all - all, slow, slowOnes, owners, perOwner }
    },
    begin: (target: Target) => add(target, 1),
    /** What came of it decides how many the webhook may have; its place stays until `drop`. */
    note({ webhook_id: id }: Target, result: Result) {
      const most = isQuick(result) ? Math.min(bounds.most, (allowed.get(id) ?? bounds.first) * 2) : bounds.slow
      allowed.set(id, most)
    },
    /** Whether an ordered webhook may go on in its place; when places are scarce, it takes turns with the others. */
    mayGoOn: (result: Result) => isQuick(result) && bounds.all - all >= bounds.perOwner,
    /** Its place is free again. */
    drop: (target: Target) => add(target, -1),
  }
}

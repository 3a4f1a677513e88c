import { createLru } from '../../kernel/lru.ts'
import type { Claimed, Room } from './claim.queries.ts'

/** How many deliveries this instance has on their way: in all, to webhooks of one person, and to one webhook. */
const bounds = { all: 200, allSlow: 100, perOwner: 40, most: 32, first: 4, slow: 2 }
const slowMs = 2_000
const remembered = 1_000

type Target = Pick<Claimed, 'webhook_id' | 'user_id'>

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
    end(target: Target, { delivered, durationMs }: { delivered: boolean; durationMs: number }) {
      const { webhook_id: webhookId } = target
      add(target, -1)
      const isQuick = delivered && durationMs < slowMs
      allowed.set(
        webhookId,
        isQuick ? Math.min(bounds.most, (allowed.get(webhookId) ?? bounds.first) * 2) : bounds.slow,
      )
    },
    /** It was not sent. */
    drop: (target: Target) => add(target, -1),
  }
}

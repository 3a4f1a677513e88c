import { createLru } from '../../kernel/lru.ts'
import type { Room } from './claim.queries.ts'

/** How many deliveries this instance has on their way: in all, and to one webhook. */
const bounds = { all: 200, most: 32, first: 4, slow: 2 }
const slowMs = 2_000
const remembered = 1_000

/**
 * How many deliveries each webhook may have on their way. A receiver that is quick gets more with each answer, one that
 * is slow or fails gets few, so that it takes the place of nobody.
 */
export function createPaces() {
  const allowed = createLru<number, number>(remembered)
  const underWay = new Map<number, number>()
  let all = 0

  const add = (webhookId: number, difference: number) => {
    const count = (underWay.get(webhookId) ?? 0) + difference
    if (count > 0) underWay.set(webhookId, count)
    else underWay.delete(webhookId)
    all += difference
  }

  return {
    get underWay() {
      return all
    },
    room(): Room {
      const of = new Map<number, number>()
      for (const [id, most] of allowed.entries()) of.set(id, most)
      for (const [id, count] of underWay) of.set(id, Math.max(0, (of.get(id) ?? bounds.first) - count))
      return { of, otherwise: bounds.first, all: bounds.all - all }
    },
    begin: (webhookId: number) => add(webhookId, 1),
    end(webhookId: number, { delivered, durationMs }: { delivered: boolean; durationMs: number }) {
      add(webhookId, -1)
      const isQuick = delivered && durationMs < slowMs
      allowed.set(
        webhookId,
        isQuick ? Math.min(bounds.most, (allowed.get(webhookId) ?? bounds.first) * 2) : bounds.slow,
      )
    },
    /** It was not sent. */
    drop: (webhookId: number) => add(webhookId, -1),
  }
}

import { type Command, type Tx } from '../../events/index.ts'
import { notify } from '../notifications/index.ts'
import { type Claimed, claimNext } from './claim.queries.ts'
import type { Outcome } from './settle.queries.ts'
import * as queries from './settle.queries.ts'

/** An outcome, with what it means for the webhook. */
export interface Ended extends Outcome {
  means: 'reached' | 'failing' | 'gone' | 'secret' | 'nothing'
  /** Where it was sent. What it means for the webhook counts only while that is its address. */
  url: string
  /** How long the receiver asks to be left alone. */
  pauseMs: number | null
  /** It belonged to an ordered webhook, whose next delivery is to be taken at once. */
  goesOn: boolean
}

export interface SettleDeps {
  command: Command
  leaseMs: number
  /** A webhook of which nothing has succeeded for so long is disabled. */
  disableAfterMs: number
}

/** A receiver that failed for longer than this was down, and is back with the next success. */
const downMs = 60_000
const spreadMs = 30_000

type Reason = 'gone' | 'failing' | 'secret'
const reasons: Record<Reason, string> = {
  gone: 'it answered that it is gone for good',
  failing: 'nothing could be delivered for days',
  secret: 'its secret cannot be read any more and has to be rotated',
}

/**
 * Stores what came of deliveries, many at a time, with what that means for their webhooks. In the same transaction the
 * next deliveries of ordered webhooks are taken, so that each costs one commit.
 */
export function createSettle({ command, leaseMs, disableAfterMs }: SettleDeps) {
  type Held = Awaited<ReturnType<typeof queries.lockForOutcomes>>[0]

  async function stop(tx: Tx, { id, user_id, url }: Held, reason: Reason) {
    await queries.disable(tx, id, reason, tx.now)
    const message = `Your webhook to ${new URL(url).host} was stopped: ${reasons[reason]}`
    await notify(tx, null, [{ userId: user_id, type: 'webhook_disabled', message, data: { webhook_id: id, reason } }])
  }

  /** What has ended means this for its webhook. @returns whether its receiver was reached */
  async function apply(tx: Tx, webhook: Held, all: readonly Ended[]): Promise<boolean> {
    const ended = all.filter(({ means, url }) => url === webhook.url || means === 'secret')
    const meant = new Set(ended.map(({ means }) => means))
    const reached = meant.has('reached')
    if (reached) {
      if (webhook.failing_ms > downMs) await queries.hasten(tx, webhook.id, spreadMs)
    } else if (meant.has('failing') || meant.has('gone')) {
      const pauses = ended.flatMap(({ pauseMs }) => pauseMs ?? [])
      await queries.noteFailing(tx, webhook.id, pauses.length > 0 ? Math.max(...pauses) : null)
    }
    if (!webhook.enabled) return reached
    if (meant.has('gone')) await stop(tx, webhook, 'gone')
    else if (meant.has('secret')) await stop(tx, webhook, 'secret')
    else if (meant.has('failing') && !reached && webhook.failing_ms > disableAfterMs) await stop(tx, webhook, 'failing')
    return reached
  }

  return (all: readonly Ended[]): Promise<Claimed[]> =>
    command({ person: null }, async tx => {
      const byWebhook = Map.groupBy(all, ({ webhookId }) => webhookId)
      // Sent together, and run in this order.
      const [held, rows] = await Promise.all([
        queries.lockForOutcomes(tx, [...byWebhook.keys()]),
        queries.storeOutcomes(tx, all),
      ])
      const stored = new Set(rows.map(({ id }) => id))
      const reached: number[] = []
      for (const { id, ...webhook } of held) {
        const ended = byWebhook.get(id)!.filter(one => stored.has(one.id))
        if (ended.length > 0 && (await apply(tx, { id, ...webhook }, ended))) reached.push(id)
      }
      const going = new Set(all.flatMap(({ id, webhookId, goesOn }) => (goesOn && stored.has(id) ? webhookId : [])))
      const [, next] = await Promise.all([
        reached.length > 0 && queries.noteReached(tx, reached),
        going.size > 0 ? claimNext(tx, [...going], leaseMs) : [],
      ])
      return next
    })
}

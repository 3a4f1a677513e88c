import { type Command, type Tx } from '../../events/index.ts'
import { notify } from '../notifications/index.ts'
import type { Outcome } from './settle.queries.ts'
import * as queries from './settle.queries.ts'

/** An outcome, with what it means for the webhook. */
export interface Ended extends Outcome {
  means: 'reached' | 'failing' | 'gone' | 'secret' | 'nothing'
  /** Where it was sent. What it means for the webhook counts only while that is its address. */
  url: string
  /** How long the receiver asks to be left alone. */
  pauseMs: number | null
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

/** Stores what came of deliveries, many at a time, with what that means for their webhooks. */
export function createSettle({ command, leaseMs, disableAfterMs }: SettleDeps) {
  type Held = Awaited<ReturnType<typeof queries.lockForOutcomes>>[0]

  async function stop(tx: Tx, { id, user_id, url }: Held, reason: Reason) {
    await queries.disable(tx, id, reason, tx.now)
    const message = `Your webhook to ${new URL(url).host} was stopped: ${reasons[reason]}`
    await notify(tx, null, [{ userId: user_id, type: 'webhook_disabled', message, data: { webhook_id: id, reason } }])
  }

  async function apply(tx: Tx, webhook: Held, all: readonly Ended[]) {
    const ended = all.filter(({ means, url }) => url === webhook.url || means === 'secret')
    const meant = new Set(ended.map(({ means }) => means))
    if (meant.has('reached')) {
      await queries.noteReached(tx, webhook.id)
      if (webhook.failing_ms > downMs) await queries.hasten(tx, webhook.id, leaseMs, spreadMs)
    } else if (meant.has('failing') || meant.has('gone')) {
      const pauses = ended.flatMap(({ pauseMs }) => pauseMs ?? [])
      await queries.noteFailing(tx, webhook.id, pauses.length > 0 ? Math.max(...pauses) : null)
    }
    if (!webhook.enabled) return
    if (meant.has('gone')) await stop(tx, webhook, 'gone')
    else if (meant.has('secret')) await stop(tx, webhook, 'secret')
    else if (meant.has('failing') && !meant.has('reached') && webhook.failing_ms > disableAfterMs)
      await stop(tx, webhook, 'failing')
  }

  return (all: readonly Ended[]): Promise<void> =>
    command({ person: null }, async tx => {
      const byWebhook = Map.groupBy(all, ({ webhookId }) => webhookId)
      // Sent together, and run in this order.
      const [held, rows] = await Promise.all([
        queries.lockForOutcomes(tx, [...byWebhook.keys()]),
        queries.storeOutcomes(tx, all),
      ])
      const stored = new Set(rows.map(({ id }) => id))
      for (const webhook of held) {
        const ended = byWebhook.get(webhook.id)!.filter(({ id }) => stored.has(id))
        if (ended.length > 0) await apply(tx, webhook, ended)
      }
    })
}

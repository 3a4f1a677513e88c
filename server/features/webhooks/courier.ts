import { type LogEvent, readableAnywhere, readAmong, wirePayload } from '../../events/index.ts'
import type { Database } from '../../ports/database.ts'
import type { Sealer } from '../../kernel/sealed.ts'
import { rightsOf } from '../rooms/index.ts'
import type { Attempt, Attempted } from './attempt.ts'
import { type Claimed, claimDue } from './claim.queries.ts'
import { messageBody } from './message.ts'
import { createPaces } from './pace.ts'
import { pauseAfter } from './retries.ts'
import { signingSecrets } from './secrets.ts'
import type { Ended } from './settle.ts'
import type { WebhookMetrics } from './webhook-metrics.ts'

export interface CourierDeps {
  database: Database
  attempt: Attempt
  sealer: Sealer
  settle: (ended: readonly Ended[]) => Promise<void>
  metrics: WebhookMetrics
  leaseMs: number
  /** The pauses between attempts, in seconds. */
  scheduleS: readonly number[]
  /** Something has ended, so there is something to settle, and room. */
  ended: () => void
  failed: (error: unknown) => void
}

/** How long a delivery waits whose event could not be read. */
const unreadMs = 1_000

const unreadable = 'its owner may not read it any more, or it was removed from the log'

/**
 * Sends what is due. What a webhook gets is read from the log when it is sent, under the rights that its owner has then.
 * A delivery is claimed for a time; what came of it is stored afterwards. A process that dies between the two has it
 * sent once more, with the same id.
 */
export function createCourier(deps: CourierDeps) {
  const { database, attempt, sealer, metrics, scheduleS } = deps
  const paces = createPaces()
  /** One for each delivery: a signal that lives as long as the process would collect listeners. */
  const sending = new Set<AbortController>()
  let left = false
  const waiting: Ended[] = []

  function end(claimed: Claimed, outcome: Pick<Ended, 'status' | 'means'> & Partial<Ended>) {
    const { id, webhook_id, url, attempts } = claimed
    const nothing = { statusCode: null, error: null, durationMs: null, delayMs: 0, pauseMs: null }
    waiting.push({ id, webhookId: webhook_id, url, claimed: attempts, attempts, ...nothing, ...outcome })
    deps.ended()
  }

  /** It was not sent, and the attempt does not count. */
  function leave(claimed: Claimed, outcome: Pick<Ended, 'status' | 'means'> & Partial<Ended>) {
    paces.drop(claimed)
    end(claimed, { attempts: claimed.attempts - 1, ...outcome })
  }

  function conclude(claimed: Claimed, attempted: Attempted) {
    const { delivered, statusCode, error, durationMs, pauseMs } = attempted
    paces.end(claimed, attempted)
    const common = { statusCode, error, durationMs, pauseMs }
    if (delivered) {
      metrics.attempted('delivered', durationMs)
      return end(claimed, { ...common, status: 'delivered', means: 'reached' })
    }
    const pause = pauseAfter(scheduleS, claimed.attempts)
    const delayMs = Math.max(pause ?? 0, pauseMs ?? 0)
    metrics.attempted(pause === null ? 'given_up' : 'failed', durationMs)
    end(claimed, {
      ...common,
      delayMs,
      status: pause === null ? 'failed' : 'pending',
      means: statusCode === 410 ? 'gone' : 'failing',
    })
  }

  async function send(claimed: Claimed, event: LogEvent | undefined) {
    if (!event) {
      metrics.skipped()
      return leave(claimed, { status: 'skipped', error: unreadable, means: 'nothing' })
    }
    const secrets = signingSecrets(sealer, claimed)
    if (secrets.length === 0) return leave(claimed, { status: 'pending', means: 'secret' })
    const body = messageBody({ ...claimed, type: claimed.event, timestamp: event.at, data: wirePayload(event) })
    const abort = new AbortController()
    sending.add(abort)
    try {
      const traceparent = event.traceparent ?? undefined
      const message = { id: claimed.message_id, url: claimed.url, secrets, body, traceparent }
      conclude(claimed, await attempt(message, abort.signal))
    } catch {
      leave(claimed, { status: 'pending', means: 'nothing' })
    } finally {
      sending.delete(abort)
    }
  }

  /** Reads what one person’s webhooks get, and begins to send it. */
  async function sendFor(person: { id: number; role: string }, claimed: readonly Claimed[]) {
    const rights = await rightsOf(database, person)
    const offsets = [...new Set(claimed.map(({ offset }) => offset))]
    const found = await readAmong(database, readableAnywhere(rights), offsets)
    const events = new Map(found.map(event => [event.offset, event]))
    for (const one of claimed) void send(one, events.get(one.offset))
  }

  return {
    get underWay() {
      return paces.underWay
    },
    /** Stores what has ended. What cannot be stored now is tried again with the next call. */
    async settle(): Promise<void> {
      const ended = waiting.splice(0)
      if (ended.length === 0) return
      await deps.settle(ended).catch(error => {
        waiting.unshift(...ended)
        throw error
      })
    },
    /** Begins to send what is due. @returns whether there may be more */
    async begin(): Promise<boolean> {
      const room = paces.room()
      if (room.all <= 0 || left) return false
      const claimed = await claimDue(database, room, deps.leaseMs)
      for (const one of claimed) paces.begin(one)
      for (const [userId, some] of Map.groupBy(claimed, ({ user_id }) => user_id)) {
        await sendFor({ id: userId, role: some[0]!.role }, some).catch(error => {
          for (const one of some) leave(one, { status: 'pending', means: 'nothing', delayMs: unreadMs })
          deps.failed(error)
        })
      }
      return claimed.length > 0
    },
    /** Gives back what is on its way. */
    abort(): void {
      left = true
      for (const abort of sending) abort.abort()
    },
  }
}

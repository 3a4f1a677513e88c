import { setImmediate } from 'node:timers/promises'
import { type LogEvent, readableAnywhere, readAmong, wirePayload } from '../../events/index.ts'
import type { Database } from '../../ports/database.ts'
import type { Sealer } from '../../kernel/sealed.ts'
import { rightsOf } from '../rooms/index.ts'
import type { Attempt, Attempted } from './attempt.ts'
import { type Claimed, claimDue, claimNext, lockOrdered } from './claim.queries.ts'
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
  /** Stores what has ended. @returns the next deliveries of ordered webhooks that go on */
  settle: (ended: readonly Ended[]) => Promise<Claimed[]>
  metrics: WebhookMetrics
  leaseMs: number
  /** How long an attempt may take. */
  answerMs: number
  /** The pauses between attempts, in seconds. */
  scheduleS: readonly number[]
  /** Something has ended, so there is something to settle; at once, if an ordered webhook goes on. */
  ended: (outcome: { goesOn: boolean }) => void
  /** A failed delivery is due again after this time. */
  dueIn: (ms: number) => void
  failed: (error: unknown) => void
}

/** How long a delivery waits whose event could not be read. */
const unreadMs = 1_000
/** After so many that begin, others have their turn. */
const sentInOneTurn = 4

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
  let closing = false
  let aborted = false
  const waiting: (Ended & { target: Claimed })[] = []

  type Outcome = Pick<Ended, 'status' | 'means'> & Partial<Ended>

  /** An ordered webhook that goes on keeps its place until the next one is taken. */
  function end(claimed: Claimed, outcome: Outcome) {
    const { id, webhook_id, url, attempts, leased_until: leasedUntil } = claimed
    const nothing = { statusCode: null, error: null, durationMs: null, delayMs: 0, pauseMs: null, goesOn: false }
    const ended = { id, webhookId: webhook_id, url, leasedUntil, attempts, ...nothing, ...outcome }
    waiting.push({ ...ended, target: claimed })
    if (!ended.goesOn) paces.drop(claimed)
    deps.ended(ended)
  }

  /** It was not sent, and the attempt does not count. */
  const leave = (claimed: Claimed, outcome: Outcome) => end(claimed, { attempts: claimed.attempts - 1, ...outcome })

  function conclude(claimed: Claimed, attempted: Attempted) {
    const { delivered, statusCode, error, durationMs, pauseMs } = attempted
    paces.note(claimed, attempted)
    const common = { statusCode, error, durationMs, pauseMs }
    if (delivered) {
      metrics.attempted('delivered', durationMs)
      const goesOn = claimed.ordered && !closing && paces.mayGoOn(attempted)
      return end(claimed, { ...common, status: 'delivered', means: 'reached', goesOn })
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

  /** Nothing of it goes on; its place is free. */
  function stopGoing(ended: readonly (Ended & { target: Claimed })[]) {
    for (const one of ended) {
      if (one.goesOn) paces.drop(one.target)
      one.goesOn = false
    }
  }

  /** @param latest when it may begin; later, its claim could end while it is on its way */
  async function send(claimed: Claimed, event: LogEvent | undefined, latest: number) {
    if (aborted || performance.now() > latest) return leave(claimed, { status: 'pending', means: 'nothing' })
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
      const { message_id: id, url, user_id: ownerId } = claimed
      const message = { id, url, secrets, body, ownerId, traceparent }
      conclude(claimed, await attempt(message, abort.signal))
    } catch {
      leave(claimed, { status: 'pending', means: 'nothing' })
    } finally {
      sending.delete(abort)
    }
  }

  /** Reads what one person’s webhooks get, and begins to send it. */
  async function sendFor(person: { id: number; role: string }, claimed: readonly Claimed[], latest: number) {
    const rights = await rightsOf(database, person)
    const offsets = [...new Set(claimed.map(({ offset }) => offset))]
    const found = await readAmong(database, readableAnywhere(rights), offsets)
    const events = new Map(found.map(event => [event.offset, event]))
    for (const [nth, one] of claimed.entries()) {
      if (nth % sentInOneTurn === sentInOneTurn - 1) await setImmediate()
      void send(one, events.get(one.offset), latest)
    }
  }

  /**
   * Sends what was claimed; resolves when all of it is read and on its way.
   *
   * @param since by `performance.now()`, not later than the claim
   */
  async function sendAll(claimed: readonly Claimed[], since: number) {
    const latest = since + deps.leaseMs - deps.answerMs
    for (const one of claimed) paces.begin(one)
    for (const [userId, some] of Map.groupBy(claimed, ({ user_id }) => user_id)) {
      await sendFor({ id: userId, role: some[0]!.role }, some, latest).catch(error => {
        for (const one of some) leave(one, { status: 'pending', means: 'nothing', delayMs: unreadMs })
        deps.failed(error)
      })
    }
  }

  const beginOrdered = (ids: readonly number[]): Promise<Claimed[]> =>
    database.transaction(async tx => ({ value: await claimNext(tx, await lockOrdered(tx, ids), deps.leaseMs) }))

  return {
    get underWay() {
      return paces.underWay
    },
    /**
     * Stores what has ended. What cannot be stored now is tried again with the next call.
     *
     * @returns whether something else may begin in its place
     */
    async settle(): Promise<boolean> {
      const ended = waiting.splice(0)
      if (ended.length === 0) return false
      const since = performance.now()
      const next = await deps.settle(ended).catch(error => {
        waiting.unshift(...ended)
        if (closing) stopGoing(ended)
        throw error
      })
      stopGoing(ended)
      for (const { status, delayMs } of ended) if (status === 'pending') deps.dueIn(delayMs)
      void sendAll(next, since)
      return next.length < ended.length
    },
    /** Begins to send what is due. */
    async begin(): Promise<void> {
      const room = paces.room()
      if (room.all <= 0 || closing) return
      const since = performance.now()
      const { claimed, orderedIds } = await claimDue(database, room, deps.leaseMs)
      await sendAll(claimed, since)
      if (orderedIds.length === 0) return
      const sinceOrdered = performance.now()
      await sendAll(await beginOrdered(orderedIds), sinceOrdered)
    },
    /** From now on nothing goes on by itself. */
    close(): void {
      closing = true
      stopGoing(waiting)
    },
    /** Gives back what is on its way, and begins to send nothing. */
    abort(): void {
      aborted = true
      for (const abort of sending) abort.abort()
    },
  }
}

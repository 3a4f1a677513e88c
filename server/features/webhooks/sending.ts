import { setTimeout as sleep } from 'node:timers/promises'
import { webhookNamesOf } from '../../../contract/index.ts'
import { type Command, keys, type LogEvent } from '../../events/index.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Sealer } from '../../kernel/sealed.ts'
import type { Connection, Database } from '../../ports/database.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Attempt } from './attempt.ts'
import { createCourier } from './courier.ts'
import { createDispatch } from './dispatch.ts'
import { createLoopShare } from './loop-share.ts'
import { createPulse } from './pulse.ts'
import { createSettle } from './settle.ts'
import { measureWebhooks } from './webhook-metrics.ts'
import { areAnyEnabled } from './webhooks.queries.ts'

/** Bounds that tests set otherwise. */
export interface SendingTuning {
  /** The interval at which the log and what is due are looked at without a reason. */
  pollMs?: number
  /** How long a delivery belongs to the instance that took it; longer than a receiver may take to answer. */
  leaseMs?: number
  /** How long a receiver may take to answer. */
  answerMs?: number
  disableAfterMs?: number
  /** The number of waiting deliveries at which a webhook reads no further. */
  mostPending?: number
  /** How long it reads no further, until that is counted again. */
  fullMs?: number
}

const defaults = {
  pollMs: 1_000,
  leaseMs: 30_000,
  disableAfterMs: 5 * 24 * 3600_000,
  mostPending: 10_000,
  fullMs: 10_000,
}
/** The time from one run to the next, in ms: many batches of the log, or many answers, are worked on together. */
const rests = { reading: 25, sending: 20, settling: 15 }
/** The part of the event loop’s time that making and sending deliveries may take; the longest rest for it, in ms. */
const loopShare = 1 / 4
const mostRestMs = 50
/** At every such poll all webhooks read. */
const allReadAfter = 5
/** How long to wait for what is on its way when the instance stops. */
const patienceMs = 3_000
const farewellMs = 1_000

export interface SendingDeps {
  database: Database & { reserved: Connection }
  command: Command
  attempt: Attempt
  answerMs: number
  sealer: Sealer
  metrics: Metrics
  log: Logger
  scheduleS: readonly number[]
  tuning: SendingTuning
}

/**
 * Three loops on every instance: one makes deliveries of the log, one begins to send them, and one stores what came of
 * them and lets ordered webhooks go on. While no webhook is enabled they only look now and then whether there is one.
 */
export function startSending(deps: SendingDeps) {
  const { database, command, log, metrics, tuning } = deps
  const { pollMs, leaseMs, disableAfterMs, mostPending, fullMs } = { ...defaults, ...tuning }
  const failed = (error: unknown) => log.warn({ err: error }, 'webhooks wait, because of an error')
  const dispatch = createDispatch({ command, mostPending, fullMs })
  const courier = createCourier({
    ...deps,
    leaseMs,
    settle: createSettle({ command, leaseMs, disableAfterMs }),
    metrics: measureWebhooks(metrics, { db: database.reserved, underWay: () => courier.underWay }),
    ended: ({ goesOn }) => (goesOn ? settling.hurry() : settling.wake()),
    dueIn: ms => sending.wakeIn(ms),
    failed,
  })
  let any = false
  /** When all webhooks read, whatever has happened: some were held up, or their owner was disabled. */
  let allReadAt = 0
  /** The names of what has happened, and of what is being read. */
  const [news, open] = [new Set<string>(), new Set<string>()]

  async function readLog(): Promise<boolean> {
    const all = allReadAt <= performance.now()
    if (all) {
      any = await areAnyEnabled(database)
      if (!any) return false
    }
    // What comes from here on may be too late for this run, and leads to another one.
    for (const name of news) open.add(name)
    news.clear()
    const made = !all && open.size === 0 ? null : await dispatch(all ? null : [...open])
    if (made !== null && made > 0) sending.wake()
    if (made !== null) return true
    if (all) allReadAt = performance.now() + pollMs * allReadAfter
    open.clear()
    return false
  }

  const reading = createPulse(
    readLog,
    { everyMs: pollMs, restMs: rests.reading, yieldMs: createLoopShare(loopShare, mostRestMs) },
    failed,
  )
  const settling = createPulse(
    async () => {
      if (await courier.settle()) sending.wake()
      return false
    },
    { everyMs: pollMs, restMs: rests.settling },
    failed,
  )
  const sending = createPulse(
    async () => {
      if (any) await courier.begin()
      return false
    },
    { everyMs: pollMs, restMs: rests.sending, yieldMs: createLoopShare(loopShare, mostRestMs) },
    failed,
  )

  /** Waits until nothing is under way, but not longer than that. */
  async function settledIn(ms: number) {
    for (const end = Date.now() + ms; courier.underWay > 0 && Date.now() < end;) await sleep(20)
  }

  return {
    /** The log has grown by these events. */
    wake: (events: readonly LogEvent[]) => {
      if (!any) return
      for (const { event, scope } of events)
        if (scope !== keys.system) for (const name of webhookNamesOf(event)) news.add(name)
      if (news.size > 0) reading.wake()
    },
    /** A webhook has changed. */
    changed: () => {
      any = true
      allReadAt = 0
      reading.wake()
      sending.wake()
    },
    stop: async () => {
      courier.close()
      await Promise.all([reading.stop(), sending.stop(), settling.stop()])
      await courier.settle().catch(failed)
      await settledIn(patienceMs)
      courier.abort()
      await settledIn(farewellMs)
      await courier.settle().catch(failed)
    },
  }
}

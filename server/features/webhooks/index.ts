import type { webhooks } from '../../../contract/index.ts'
import type { Command, LogEvent } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Logger } from '../../kernel/logger.ts'
import { createSealer } from '../../kernel/sealed.ts'
import type { Connection, Database } from '../../ports/database.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Outbound, OutboundCheck } from '../../ports/outbound.ts'
import type { Peers } from '../../ports/peers.ts'
import type { Tracing } from '../../ports/tracing.ts'
import { createAttempt } from './attempt.ts'
import { dropEnded } from './deliveries.queries.ts'
import { createDeliveryService } from './deliveries.service.ts'
import { type SendingTuning, startSending } from './sending.ts'
import { resealSecrets } from './webhooks.resealing.ts'
import { createWebhookService } from './webhooks.service.ts'

export type { SendingTuning } from './sending.ts'
export { deleteNextWebhook } from './webhooks.erasing.ts'
export { webhooksPersonal } from './webhooks.personal.ts'
export { forgetFailures } from './webhooks.restored.ts'

export interface WebhookDeps {
  database: Database & { reserved: Connection }
  command: Command
  peers: Peers
  outbound: Outbound
  check: OutboundCheck
  metrics: Metrics
  tracing: Tracing
  log: Logger
  /** What the secrets of webhooks are encrypted with; the first one encrypts. */
  secrets: readonly [string, ...string[]]
  /** The pauses between attempts, in seconds. */
  scheduleS: readonly number[]
  tuning?: SendingTuning | undefined
}

export interface Webhooks {
  webhooks: Handlers<typeof webhooks>
  /** The log has grown by these events. */
  wake(events: readonly LogEvent[]): void
  start(): void
  /** Lets what is on its way arrive, for some seconds, and leaves the rest to other instances. */
  stop(): Promise<void>
  cleanUp(): Promise<void>
}

const defaultAnswerMs = 15_000
/** A person waits for the answer to a test. */
const testAnswerMs = 5_000
/** How long ended deliveries are kept, and how many of one webhook. */
const kept = { days: 7, deliveries: 10_000 }

/**
 * Webhooks: addresses of people that get events by HTTP, signed by Standard Webhooks. `dispatch.ts` makes deliveries of
 * the log, `courier.ts` sends them, `settle.ts` stores what came of them.
 */
export function createWebhooks(deps: WebhookDeps): Webhooks {
  const { database, peers, tuning = {} } = deps
  const sealer = createSealer(deps.secrets, 'webhook secrets')
  const attemptWithin = (timeoutMs: number) =>
    createAttempt({ outbound: deps.outbound, timeoutMs, tracing: deps.tracing })
  let sending: ReturnType<typeof startSending> | undefined

  peers.on('webhooks', () => sending?.changed())
  const changed = () => {
    sending?.changed()
    peers.send('webhooks', null)
  }

  return {
    webhooks: {
      ...createWebhookService({ ...deps, sealer, changed }),
      ...createDeliveryService({ ...deps, sealer, attempt: attemptWithin(testAnswerMs), due: changed }),
    },
    wake: events => sending?.wake(events),
    start: () => {
      const { answerMs = defaultAnswerMs } = tuning
      sending = startSending({ ...deps, sealer, attempt: attemptWithin(answerMs), answerMs, tuning })
    },
    stop: async () => sending?.stop(),
    cleanUp: async () => {
      await dropEnded(database, kept.days, kept.deliveries)
      if (deps.secrets.length > 1) await resealSecrets(database, sealer)
    },
  }
}

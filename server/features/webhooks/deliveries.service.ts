import { randomUUID } from 'node:crypto'
import { limits, type webhooks } from '../../../contract/index.ts'
import { type Command, isForgotten, readHead } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { allowedTo } from '../../kernel/can.ts'
import { conflict, invalid, notFound } from '../../kernel/errors.ts'
import { newestFirst, pageOf } from '../../kernel/paging.ts'
import type { Sealer } from '../../kernel/sealed.ts'
import type { Database } from '../../ports/database.ts'
import type { Attempt } from './attempt.ts'
import * as queries from './deliveries.queries.ts'
import { messageBody } from './message.ts'
import { signingSecrets } from './secrets.ts'
import { manageWebhook } from './webhooks.policy.ts'
import { findWebhook, touchWebhook, type WithSecrets } from './webhooks.queries.ts'

export interface DeliveryServiceDeps {
  database: Database
  command: Command
  sealer: Sealer
  attempt: Attempt
  /** Something is to be sent. */
  due: () => void
}

type Service = Pick<Handlers<typeof webhooks>, 'test' | 'deliveries' | 'redeliver' | 'redeliverRange'>

function assertEnabled({ enabled }: WithSecrets) {
  if (!enabled) throw conflict('The webhook is disabled; enable it first.')
}

/** What was sent to webhooks, and sending it again. */
export function createDeliveryService({ database, command, sealer, attempt, due }: DeliveryServiceDeps): Service {
  return {
    async test(scope, { webhook_id: id }) {
      const webhook = allowedTo(scope, manageWebhook, await findWebhook(database, id))
      const secrets = signingSecrets(sealer, webhook)
      if (secrets.length === 0) throw conflict('Its secret cannot be read any more; rotate it.')
      const message_id = `msg_${randomUUID().replaceAll('-', '')}`
      const nowhere = { offset: null, previous_offset: null, epoch: null }
      const timestamp = new Date().toISOString()
      const body = messageBody({ type: 'webhook.test', timestamp, data: { webhook_id: id }, ...nowhere })
      const attempted = await attempt({ id: message_id, url: webhook.url, secrets, body })
      const { delivered, statusCode: status_code, error, durationMs: duration_ms } = attempted
      await command({ person: null }, async tx => {
        // It may have been deleted meanwhile.
        if (!(await findWebhook(tx, id))) throw notFound()
        const status = delivered ? 'delivered' : 'failed'
        await queries.insertTest(tx, { webhook_id: id, message_id, status, status_code, error, duration_ms }, tx.now)
        await touchWebhook(tx, id)
      })
      return { delivered, status_code, duration_ms, error }
    },

    async deliveries(scope, { id, page, page_size, cursor, ...filters }) {
      allowedTo(scope, manageWebhook, await findWebhook(database, id))
      return pageOf(
        { page, page_size, cursor },
        ['deliveries', id, filters],
        newestFirst,
        clauses => queries.listDeliveries(database.reads, id, filters, clauses),
        () => queries.countDeliveries(database.reads, id, filters),
      )
    },

    async redeliver(scope, { id }) {
      const delivery = await command(scope, async tx => {
        const seen = await queries.findDelivery(tx, id)
        if (!seen) throw notFound()
        assertEnabled(allowedTo(scope, manageWebhook, await findWebhook(tx, seen.webhook_id)))
        if (seen.offset === null || isForgotten(await readHead(tx), seen.offset - 1))
          throw conflict('Its event is not in the log any more.')
        const again = await queries.sendAgain(tx, id)
        if (!again) throw conflict('It is waiting to be sent already, or is only a note.')
        return again
      })
      due()
      return delivery
    },

    async redeliverRange(scope, { id, ...range }) {
      const answer = await command(scope, async tx => {
        assertEnabled(allowedTo(scope, manageWebhook, await findWebhook(tx, id)))
        const most = limits.redeliveries
        if ((await queries.countInRange(tx, id, range, most + 1)) > most)
          throw invalid({ to_offset: `is too far: there are more than ${most} deliveries up to it` })
        return { redelivered_count: await queries.sendRangeAgain(tx, id, range) }
      })
      due()
      return answer
    },
  }
}

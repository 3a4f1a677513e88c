import { limits, type Webhook, type webhooks } from '../../../contract/index.ts'
import { type Command, readHead, type Tx } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { allowedTo, assertCan } from '../../kernel/can.ts'
import { conflict, invalid } from '../../kernel/errors.ts'
import { newestFirst, pageOf } from '../../kernel/paging.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Sealer } from '../../kernel/sealed.ts'
import type { Database } from '../../ports/database.ts'
import type { OutboundCheck } from '../../ports/outbound.ts'
import { audit } from '../audit/index.ts'
import { lockPlace, skipTo, skipWaiting } from './dispatch.queries.ts'
import { newSecret } from './signing.ts'
import { listedOwners, manageWebhook, receiveEvents } from './webhooks.policy.ts'
import * as queries from './webhooks.queries.ts'

export interface WebhookServiceDeps {
  database: Database
  command: Command
  sealer: Sealer
  check: OutboundCheck
  /** There is a new webhook, or one has changed. */
  changed: () => void
}

type Service = Pick<Handlers<typeof webhooks>, 'register' | 'list' | 'update' | 'delete' | 'rotateSecret'>

const paused = 'the webhook was disabled'

/** What people do with their webhooks. */
export function createWebhookService(deps: WebhookServiceDeps): Service {
  const { database, command, sealer, check, changed } = deps

  async function assertAddress(url: string) {
    const fault = await check(url)
    if (fault !== null) throw invalid({ url: fault })
  }

  /** Answers of commands may be kept, so they hold the secret encrypted; here it is added in plain text. */
  function withSecret({ webhook, sealed }: { webhook: Webhook; sealed: string }) {
    const secret = sealer.open(Buffer.from(sealed, 'base64'))
    if (secret === null) throw conflict('Its secret cannot be read any more; rotate it.')
    return { ...webhook, secret }
  }

  /** The address may hold a password of the receiver, so its host alone is audited. */
  const audited = (tx: Tx, scope: Scope, what: string, { id, user_id, url }: Webhook, details: object = {}) =>
    audit(tx, scope, {
      action: `webhook.${what}`,
      resource: 'webhook',
      resourceId: id,
      details: { user_id, ...details },
      personal: { host: new URL(url).host },
      personalOf: user_id,
    })

  const hold = async (tx: Tx, scope: Scope, id: number) => {
    // Seen without a lock first, so that a stranger makes nobody wait.
    allowedTo(scope, manageWebhook, await queries.findWebhook(tx, id))
    return allowedTo(scope, manageWebhook, await queries.lockWebhook(tx, id))
  }

  return {
    async register(scope, { url, events, description, ordered }) {
      assertCan(scope, receiveEvents, events)
      await assertAddress(url)
      const made = await command(scope, async tx => {
        const { id } = scope.person
        await queries.lockWebhooksOf(tx, id)
        if ((await queries.countWebhooksOf(tx, id)) >= limits.webhooks)
          throw conflict(`One person may have ${limits.webhooks} webhooks at most.`)
        const secret = sealer.seal(newSecret())
        const given = { user_id: id, url, events, description, ordered, secret }
        const webhook = await queries.insertWebhook(tx, given, tx.now)
        await audited(tx, scope, 'registered', webhook, { events })
        return { webhook, sealed: secret.toString('base64') }
      })
      changed()
      return withSecret(made)
    },

    async list(scope, { user_id, ...page }) {
      const owners = listedOwners(scope, user_id)
      return pageOf(
        page,
        ['webhooks', owners],
        newestFirst,
        clauses => queries.listWebhooks(database.reads, owners, clauses),
        () => queries.countWebhooks(database.reads, owners),
      )
    },

    async update(scope, { id, ...wanted }) {
      const seen = allowedTo(scope, manageWebhook, await queries.findWebhook(database, id))
      if (wanted.url !== undefined && wanted.url !== seen.url) await assertAddress(wanted.url)
      const webhook = await command(scope, async tx => {
        const held = await hold(tx, scope, id)
        const fields = (Object.keys(wanted) as (keyof typeof wanted)[]).filter(
          field => wanted[field] !== undefined && JSON.stringify(wanted[field]) !== JSON.stringify(held[field]),
        )
        if (fields.length === 0) return held
        assertCan(scope, receiveEvents, wanted.events ?? held.events)
        const change = Object.fromEntries(fields.map(field => [field, wanted[field]])) as queries.WebhookChange
        if (change.enabled !== undefined) change.disabled_reason = change.enabled ? null : 'owner'
        if (change.enabled) await resume(tx, id)
        if (change.enabled || change.url !== undefined) await queries.clearFailing(tx, id)
        const next = await queries.updateWebhook(tx, id, change, tx.now)
        await audited(tx, scope, 'updated', next, { changed: fields })
        return next
      })
      changed()
      return webhook
    },

    async delete(scope, { id }) {
      await command(scope, async tx => {
        const held = await hold(tx, scope, id)
        await lockPlace(tx, id)
        await queries.deleteWebhook(tx, id)
        await audited(tx, scope, 'deleted', held)
      })
      return { deleted: true }
    },

    async rotateSecret(scope, { id, overlap_seconds }) {
      const made = await command(scope, async tx => {
        await hold(tx, scope, id)
        const secret = sealer.seal(newSecret())
        const webhook = await queries.replaceSecret(tx, id, secret, overlap_seconds, tx.now)
        await audited(tx, scope, 'secret_rotated', webhook, { overlap_seconds })
        return { webhook, sealed: secret.toString('base64') }
      })
      return withSecret(made)
    },
  }
}

/** A webhook that is enabled again gets what happens from now on, and is told by its next message what it missed. */
async function resume(tx: Tx, id: number) {
  const { epoch, last } = await readHead(tx)
  await skipTo(tx, id, { epoch, offset: last }, paused, tx.now)
  await skipWaiting(tx, id, paused, tx.now)
}

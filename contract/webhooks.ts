import { z } from 'zod'
import { defineResource } from './define.ts'
import { webhookEventNames, WebhookEvents } from './event-names.ts'
import { limits } from './limits.ts'
import { anyOf, id, idInUrl, instant, instantIn, listOf, paging, text } from './primitives.ts'
import { webAddress } from './videos.ts'

export const webhookStops = ['owner', 'gone', 'failing', 'secret'] as const

/** An address of somebody’s that gets events by HTTP. */
export const Webhook = z
  .object({
    id,
    user_id: id.describe('The owner, whose present rights decide what it gets'),
    url: z.string(),
    events: z.array(z.string()),
    description: z.string().nullable(),
    ordered: z.boolean().describe('Whether one delivery begins only when the one before has ended'),
    enabled: z.boolean(),
    disabled_reason: z
      .enum(webhookStops)
      .nullable()
      .describe(
        '`owner`: by PATCH; `gone`: the receiver answered 410; `failing`: no delivery has succeeded for days; `secret`: ' +
          'the stored secret cannot be read, so rotate it',
      ),
    failing_since: instant.nullable().describe('Since when no delivery has succeeded'),
    previous_secret_until: instant.nullable().describe('Until when deliveries are signed with the former secret too'),
    last_triggered_at: instant.nullable().describe('When it was last called'),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'Webhook' })
export type Webhook = z.output<typeof Webhook>

const secret = z.string().describe('`whsec_…`, by which the receiver verifies signatures; shown only now')

export const deliveryStatuses = ['pending', 'delivered', 'failed', 'skipped'] as const
export const DeliveryStatus = z.enum(deliveryStatuses)
export type DeliveryStatus = z.output<typeof DeliveryStatus>

/** One message to one webhook, with how far it is. */
export const WebhookDelivery = z
  .object({
    id,
    webhook_id: id,
    message_id: z.string().describe('The header `webhook-id`, the same at every attempt'),
    event: z.string().describe('The `type` of the message; `webhook.gap` notes events that were not sent'),
    offset: z.int().nullable().describe('The place of the event in the log; null for a test'),
    previous_offset: z.int().nullable(),
    status: DeliveryStatus.describe(
      '`pending`: it is sent, or will be at `next_attempt_at`; `failed`: given up; `skipped`: it was not sent, see `error`',
    ),
    attempts: z.int(),
    status_code: z.int().nullable().describe('Of the last answer'),
    error: z.string().nullable().describe('Why the last attempt failed'),
    duration_ms: z.int().nullable().describe('Of the last attempt'),
    created_at: instant,
    last_attempt_at: instant.nullable(),
    next_attempt_at: instant.nullable(),
    completed_at: instant.nullable(),
  })
  .meta({ id: 'WebhookDelivery' })
export type WebhookDelivery = z.output<typeof WebhookDelivery>

const fields = {
  url: webAddress,
  events: WebhookEvents.describe(
    `\`*\` for all, the names of application events, or of these: ${webhookEventNames.join(', ')}`,
  ),
  description: text(limits.webhookDescription).nullable(),
  ordered: z.boolean(),
}
const one = z.strictObject({ id: idInUrl })
const place = z.int().min(0)
const again = z.object({ redelivered_count: z.int() })

export const webhooks = defineResource({
  operations: {
    register: {
      summary: 'Register an address that gets events; its secret is shown once',
      access: 'user',
      method: 'post',
      path: '/webhooks/register',
      body: z.strictObject({
        url: fields.url,
        events: fields.events,
        description: fields.description.default(null),
        ordered: fields.ordered.default(false),
      }),
      output: Webhook.extend({ secret }),
      status: 201,
      envelope: 'The webhook is registered',
      callsOut: true,
      errors: ['conflict'],
    },
    list: {
      summary: 'One’s own webhooks, newest first; administrators see those of all',
      access: 'user',
      method: 'get',
      path: '/webhooks/list',
      query: z.strictObject({ ...paging, user_id: anyOf(idInUrl).optional() }),
      output: listOf(Webhook),
      envelope: 'Webhooks',
      errors: ['forbidden', 'address_not_allowed'],
    },
    update: {
      summary: 'Change a webhook. One that is enabled again gets what happens from now on',
      access: 'user',
      method: 'patch',
      path: '/webhooks/:id',
      params: one,
      body: z.strictObject({ ...fields, enabled: z.boolean() }).partial(),
      output: Webhook,
      envelope: 'The webhook is changed',
      callsOut: true,
      errors: ['not_found', 'conflict', 'address_not_allowed'],
    },
    delete: {
      summary: 'Delete a webhook, with its deliveries',
      access: 'user',
      method: 'delete',
      path: '/webhooks/:id',
      params: one,
      output: z.object({ deleted: z.literal(true) }),
      envelope: 'The webhook is deleted',
      errors: ['not_found', 'address_not_allowed'],
    },
    rotateSecret: {
      summary: 'Give a webhook a new secret, shown once; the former one signs too for a time',
      access: 'user',
      method: 'post',
      path: '/webhooks/:id/rotate-secret',
      params: one,
      body: z.strictObject({
        overlap_seconds: z.int().min(0).max(limits.secretOverlapSeconds).default(86_400),
      }),
      output: Webhook.extend({ secret }),
      envelope: 'The secret is new',
      errors: ['not_found', 'address_not_allowed'],
    },
    test: {
      summary:
        'Send a `webhook.test` now, also to a webhook that is disabled, and report the answer, 5 s later at most',
      access: 'user',
      method: 'post',
      path: '/webhooks/test',
      body: z.strictObject({ webhook_id: id }),
      output: z.object({
        delivered: z.boolean(),
        status_code: z.int().nullable(),
        duration_ms: z.int(),
        error: z.string().nullable(),
      }),
      envelope: 'The webhook was called',
      callsOut: true,
      errors: ['not_found', 'conflict', 'address_not_allowed'],
    },
    deliveries: {
      summary: 'What was sent to a webhook, newest first',
      access: 'user',
      method: 'get',
      path: '/webhooks/:id/deliveries',
      params: one,
      query: z.strictObject({
        ...paging,
        status: anyOf(DeliveryStatus).optional(),
        created_at_start: instantIn.optional(),
        created_at_end: instantIn.optional(),
      }),
      output: listOf(WebhookDelivery),
      envelope: 'Deliveries',
      errors: ['not_found', 'address_not_allowed'],
    },
    redeliver: {
      summary: 'Send a delivery once more, with the same id',
      access: 'user',
      method: 'post',
      path: '/webhooks/deliveries/:id/redeliver',
      params: one,
      body: z.strictObject({}),
      output: WebhookDelivery,
      envelope: 'The delivery is sent again',
      errors: ['not_found', 'conflict', 'address_not_allowed'],
    },
    redeliverRange: {
      summary: `Send the deliveries of a range of offsets once more, ${limits.redeliveries} at most`,
      access: 'user',
      method: 'post',
      path: '/webhooks/:id/redeliver',
      params: one,
      body: z
        .strictObject({ from_offset: place, to_offset: place })
        // A number that is none is an error of its own.
        .refine(({ from_offset, to_offset }) => !(from_offset > to_offset && Number.isSafeInteger(from_offset)), {
          path: ['to_offset'],
          message: 'must not lie before from_offset',
        }),
      output: again,
      envelope: 'The deliveries are sent again',
      errors: ['not_found', 'conflict', 'address_not_allowed'],
    },
  },
})

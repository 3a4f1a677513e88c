import { z } from 'zod'
import { defineResource } from './define.ts'
import { ApplicationEvent, isApplicationEvent } from './event-names.ts'
import { Job } from './jobs.ts'
import { limits } from './limits.ts'
import { anyOf, id, instant, listOf, numberInUrl, paging } from './primitives.ts'
import { RoomName } from './rooms.ts'
import { sizeText } from './size.ts'

/** Added to each event of the log. */
export const Envelope = z.object({
  offset: z.int(),
  at: instant,
  mutation_id: z.string().optional(),
  traceparent: z.string().optional().describe('The trace of the call that caused it (W3C Trace Context)'),
})

export const MemberState = z.object({ user_id: id, state: z.record(z.string(), z.unknown()) })
export type MemberState = z.output<typeof MemberState>

/** Sent without being kept: they have no offset and are not in the log. */
export const signals = {
  user_joined: z.object({ user_id: id, room: z.string() }),
  user_left: z.object({ user_id: id, room: z.string() }),
  presence_changed: z.object({ room: z.string(), user_id: id, state: z.record(z.string(), z.unknown()) }),
  /** In a large room, in place of the three above. */
  presence_count: z.object({ room: z.string(), count: z.int() }),
  /** Everybody in a room that is no longer large. From then on the single signals come. */
  presence_members: z.object({ room: z.string(), members: z.array(MemberState) }),
  room_left: z.object({ room: z.string(), reason: z.string() }),
  /** The state of a job, to its owner (`user_<id>`) and to `admin`: a few times per second at most, and at its end. */
  job_updated: z.object({ job: Job }),
  draining: z.object({ retry_in_ms: z.int() }),
} as const
export type SignalName = keyof typeof signals
export type SignalPayload<N extends SignalName> = z.output<(typeof signals)[N]>

export const LoggedEvent = z
  .object({ offset: z.int(), at: instant, event: z.string(), payload: z.record(z.string(), z.unknown()) })
  .meta({ id: 'LoggedEvent' })
export type LoggedEvent = z.output<typeof LoggedEvent>

const jsonOf = (data: unknown): string => JSON.stringify(data ?? null)
/** An escape for what no text may have, behind an even number of backslashes, which stand for themselves. */
const unstorable = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/i

/** What an application says of its event: any JSON that can be stored. */
const published = z
  .unknown()
  .refine(
    data => new TextEncoder().encode(jsonOf(data)).length <= limits.publishedBytes,
    `must have at most ${sizeText(limits.publishedBytes)} as JSON`,
  )
  .refine(data => !unstorable.test(jsonOf(data)), 'must not contain NUL characters or lone surrogates')
  .meta({ description: 'Any JSON', examples: [{ order: 42, amount: '9.99' }] })

export const eventLog = defineResource({
  operations: {
    read: {
      summary: 'The event log of some rooms after a position, as a socket would get it',
      access: 'user',
      key: 'rooms',
      method: 'get',
      path: '/events',
      query: z.strictObject({
        room: anyOf(RoomName),
        since: numberInUrl(0, Number.MAX_SAFE_INTEGER).optional(),
        epoch: z.string().max(100).optional(),
        limit: numberInUrl(1, limits.maxEventsPage).default(limits.eventsPage),
      }),
      output: z.object({
        epoch: z.string(),
        recovered: z.boolean(),
        results: z.array(LoggedEvent),
        next_since: z.int(),
        complete: z.boolean(),
      }),
      errors: ['not_found', 'forbidden', 'address_not_allowed'],
    },
    publish: {
      summary: 'Publish an event of an application to a room; needs the permission `events:publish`',
      access: 'user',
      permission: 'events:publish',
      method: 'post',
      path: '/events',
      body: z.strictObject({
        room: RoomName.describe('`project_<id>`, `user_<id>` or a topic that the caller may join'),
        name: z
          .string()
          .refine(isApplicationEvent, 'must be words joined by dots, such as payment.completed, and no name of ours')
          .meta({ examples: ['payment.completed'] }),
        data: published.default(null),
      }),
      output: ApplicationEvent.extend({ room: z.string(), at: instant }),
      status: 201,
      positioned: true,
      errors: ['forbidden', 'not_found', 'address_not_allowed'],
    },
    roomMembers: {
      summary: 'Who is in a room now',
      access: 'user',
      key: 'rooms',
      method: 'get',
      path: '/rooms/:room/members',
      params: z.strictObject({ room: RoomName }),
      query: z.strictObject({
        cursor: paging.cursor,
        page_size: numberInUrl(1, limits.membersPage).default(limits.membersPage),
      }),
      output: listOf(MemberState.extend({ connections: z.int() })),
      errors: ['forbidden', 'address_not_allowed'],
    },
  },
})

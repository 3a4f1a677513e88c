import type { z } from 'zod'
import { accounts } from './accounts.ts'
import { adminUsers } from './admin-users.ts'
import { alerts } from './alerts.ts'
import { audit } from './audit.ts'
import { backups } from './backups.ts'
import { comments } from './comments.ts'
import type { Events, Resource } from './define.ts'
import { flags } from './flags.ts'
import { exports } from './exports.ts'
import { gdpr } from './gdpr.ts'
import { jobs } from './jobs.ts'
import { media } from './media.ts'
import { notifications } from './notifications.ts'
import { people } from './people.ts'
import { posts } from './posts.ts'
import { projects } from './projects.ts'
import { tasks } from './tasks.ts'
import { videos } from './videos.ts'

export * from './accounts.ts'
export * from './admin-users.ts'
export * from './alerts.ts'
export * from './audit.ts'
export * from './backups.ts'
export * from './comments.ts'
export * from './flags.ts'
export * from './export.ts'
export * from './exports.ts'
export * from './filter-in-body.ts'
export * from './gdpr.ts'
export * from './jobs.ts'
export * from './media.ts'
export * from './notifications.ts'
export * from './people.ts'
export * from './posts.ts'
export * from './projects.ts'
export * from './tasks.ts'
export * from './videos.ts'

/** All kinds of things. A new one needs its file and its lines here. */
export const resources = {
  accounts,
  people,
  adminUsers,
  projects,
  tasks,
  comments,
  audit,
  media,
  posts,
  videos,
  notifications,
  jobs,
  flags,
  alerts,
  exports,
  gdpr,
  backups,
} as const satisfies Record<string, Resource>

type Resources = typeof resources
type AnyResource = Resources[keyof Resources]

const all = Object.values<Resource>(resources)

/** The intersection of the members of a union. */
export type Together<T> = (T extends unknown ? (one: T) => void : never) extends (all: infer All) => void ? All : never
type EventsOf<R, Kind extends 'events' | 'bulkEvents'> = R extends { [K in Kind]: infer E } ? E : never

const gathered = (kind: 'events' | 'bulkEvents'): Events => Object.assign({}, ...all.map(resource => resource[kind]))

/**
 * All events with their payloads. When an event is sent, its payload also has `offset`, `at` and, if the caller gave
 * them, `mutation_id` and `traceparent`.
 */
export const events = gathered('events') as Together<EventsOf<AnyResource, 'events'>>
export type EventName = keyof typeof events
export type EventPayload<N extends EventName> = (typeof events)[N] extends z.ZodType
  ? z.output<(typeof events)[N]>
  : never

/** Sent in place of the single events of one bulk operation to sockets that ask for it (`auth.bulk`). */
export const bulkEvents = gathered('bulkEvents') as Together<EventsOf<AnyResource, 'bulkEvents'>>
export type BulkEventName = keyof typeof bulkEvents
export type BulkEventPayload<N extends BulkEventName> = z.output<(typeof bulkEvents)[N]>

/** Rooms with everything of a kind that the member may see; their content follows the rights of the member. */
export type Topic = AnyResource extends infer R ? (R extends { topic: infer T extends string } ? T : never) : never
export const topics = [...new Set(all.flatMap(({ topic }) => topic ?? []))] as Topic[]

const topicsOfContents = all.flatMap(({ isInProject, topic }) => (isInProject && topic ? [topic] : []))

/** The topic rooms that an event belongs to, in addition to the room of its project. */
export const topicsOf = Object.fromEntries(
  all.flatMap(({ events: own = {}, topic, eventsOutsideTopic = [], endOfContents }) =>
    Object.keys(own).map(event => {
      const isIn = topic !== undefined && !eventsOutsideTopic.includes(event)
      return [event, new Set([...(isIn ? [topic] : []), ...(event === endOfContents ? topicsOfContents : [])])]
    }),
  ),
) as unknown as Record<EventName, ReadonlySet<Topic>>

/** Topics of things that may be visible to their author only. */
export const authorTopics = new Set(
  all.flatMap(({ mayBeAuthorOnly, topic }) => (mayBeAuthorOnly ? topic : [])),
) as ReadonlySet<Topic>

/** Events about one person that administrators’ webhooks get of everybody. */
export const eventsForAdmins = all.flatMap(({ eventsForAdmins: names = [] }) => names)

/** The possible subjects of activity entries. */
export const activitySubjects = all.flatMap(({ isInActivity, name }) => (isInActivity ? name : [])) as ActivitySubject[]
export type ActivitySubject = AnyResource extends infer R
  ? R extends { isInActivity: true; name: infer N extends string }
    ? N
    : never
  : never

import { z } from 'zod'
import { Comment } from './comments.ts'
import { defineOperations } from './define.ts'
import { Job } from './jobs.ts'
import { limits } from './limits.ts'
import { MediaFile } from './media.ts'
import { Notification } from './notifications.ts'
import { Post } from './posts.ts'
import { Project, ProjectRole } from './projects.ts'
import { anyOf, id, instant, numberInUrl, version } from './primitives.ts'
import { RoomName, type Topic } from './rooms.ts'
import { Task } from './tasks.ts'
import { Video } from './videos.ts'

/**
 * What can happen, with what is told of it. Payloads hold only what everyone who may read the event's scope may read.
 * On the wire each carries `offset`, `at` and, where the caller gave one, `mutation_id` beside these fields.
 */
export const events = {
  task_created: z.object({ task: Task, created_by: id }),
  task_updated: z.object({ task_id: id, task: Task, updated_by: id, changed: z.array(z.string()) }),
  task_deleted: z.object({ task_id: id, version, deleted_by: id }),
  task_removed: z.object({ task_id: id, version, project_id: id.nullable(), moved_by: id }),
  project_created: z.object({ project: Project, created_by: id }),
  project_updated: z.object({ project_id: id, project: Project, updated_by: id, changed: z.array(z.string()) }),
  project_deleted: z.object({ project_id: id, version, deleted_by: id }),
  project_member_added: z.object({ project_id: id, user_id: id, role: ProjectRole, added_by: id }),
  project_member_updated: z.object({ project_id: id, user_id: id, role: ProjectRole, updated_by: id }),
  project_member_removed: z.object({ project_id: id, user_id: id, removed_by: id }),
  comment_created: z.object({ comment: Comment, task_id: id, created_by: id }),
  comment_updated: z.object({
    comment_id: id,
    task_id: id,
    comment: Comment,
    updated_by: id,
    changed: z.array(z.string()),
  }),
  comment_deleted: z.object({ comment_id: id, task_id: id, version, deleted_by: id }),
  media_created: z.object({ media: MediaFile, created_by: id }),
  /** Also when it goes with its task: gone from the project it leaves and created in the other, with one version. */
  media_deleted: z.object({ media_id: id, version, deleted_by: id }),
  /**
   * What may be seen by its author alone (a draft, a private video) begins and ends to be there for all others: they
   * hear `_created` when they may see it and `_deleted` when they may not any more, each with its version.
   */
  post_created: z.object({ post: Post, created_by: id }),
  post_updated: z.object({ post_id: id, post: Post, updated_by: id, changed: z.array(z.string()) }),
  post_deleted: z.object({ post_id: id, version, deleted_by: id }),
  video_created: z.object({ video: Video, created_by: id }),
  video_updated: z.object({ video_id: id, video: Video, updated_by: id, changed: z.array(z.string()) }),
  video_deleted: z.object({ video_id: id, version, deleted_by: id }),
  /** To the person alone, in `user_<id>`. */
  notification: Notification.omit({ read_at: true }),
  /** So that all tabs and devices of a person count the same; without ids: all that were there, which are those up to `up_to`. */
  notifications_read: z.object({ ids: z.array(id).nullable(), unread_count: z.int(), up_to: id.optional() }),
  access_changed: z.object({ project_id: id, readable: z.boolean(), role: ProjectRole.nullable() }),
} as const
export type EventName = keyof typeof events
export type EventPayload<N extends EventName> = z.output<(typeof events)[N]>

/** The topic rooms that an event belongs to, beside its project's own room. */
export const topicsOf = {
  task_created: ['tasks'],
  task_updated: ['tasks'],
  task_deleted: ['tasks'],
  task_removed: ['tasks'],
  project_created: ['projects'],
  project_updated: ['projects'],
  // Stands for all that is in it too, so whoever watches that must hear it.
  project_deleted: ['projects', 'tasks', 'media', 'posts', 'videos'],
  project_member_added: ['projects'],
  project_member_updated: ['projects'],
  project_member_removed: ['projects'],
  comment_created: ['tasks'],
  comment_updated: ['tasks'],
  comment_deleted: ['tasks'],
  media_created: ['media'],
  media_deleted: ['media'],
  post_created: ['posts'],
  post_updated: ['posts'],
  post_deleted: ['posts'],
  video_created: ['videos'],
  video_updated: ['videos'],
  video_deleted: ['videos'],
  notification: [],
  notifications_read: [],
  // Reaches every socket of the person concerned, whatever it joined.
  access_changed: [],
} as const satisfies Record<EventName, readonly Topic[]>

/** In place of the single events of one bulk operation, for sockets that ask for it (`auth.bulk`). */
export const bulkEvents = {
  tasks_bulk_updated: z.object({ tasks: z.array(Task), updated_by: id, first_offset: z.int() }),
  tasks_bulk_deleted: z.object({ task_ids: z.array(id), deleted_by: id, first_offset: z.int() }),
} as const

/** Added to each event that is in the log. */
export const Envelope = z.object({ offset: z.int(), at: instant, mutation_id: z.string().optional() })

/** Sent, and forgotten: no offset, not in the log. */
export const signals = {
  user_joined: z.object({ user_id: id, room: z.string() }),
  user_left: z.object({ user_id: id, room: z.string() }),
  presence_changed: z.object({ room: z.string(), user_id: id, state: z.record(z.string(), z.unknown()) }),
  room_left: z.object({ room: z.string(), reason: z.string() }),
  /** How a job stands, to its owner (`user_<id>`) and to `admin`: a few times a second at most, and when it has ended. */
  job_updated: z.object({ job: Job }),
  draining: z.object({ retry_in_ms: z.int() }),
} as const
export type SignalName = keyof typeof signals
export type SignalPayload<N extends SignalName> = z.output<(typeof signals)[N]>

export const MemberState = z.object({ user_id: id, state: z.record(z.string(), z.unknown()) })
export type MemberState = z.output<typeof MemberState>

export const LoggedEvent = z
  .object({ offset: z.int(), at: instant, event: z.string(), payload: z.record(z.string(), z.unknown()) })
  .meta({ id: 'LoggedEvent' })
export type LoggedEvent = z.output<typeof LoggedEvent>

export const eventLog = defineOperations({
  read: {
    summary: 'The event log of some rooms after a position, as a socket would get it',
    access: 'user',
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
  },
  roomMembers: {
    summary: 'Who is in a room now',
    access: 'user',
    method: 'get',
    path: '/rooms/:room/members',
    params: z.strictObject({ room: RoomName }),
    output: z.object({ results: z.array(MemberState.extend({ connections: z.int() })) }),
  },
})

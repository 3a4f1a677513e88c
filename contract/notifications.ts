import { z } from 'zod'
import { defineResource } from './define.ts'
import { flagInUrl, id, instant, listOf, paging } from './primitives.ts'

/** The kinds of notifications. */
export const notificationTypes = [
  'mention',
  'assigned',
  'due_soon',
  'role_changed',
  'job_finished',
  'webhook_disabled',
  'alert',
  'security',
] as const
export const NotificationType = z.enum(notificationTypes)
export type NotificationType = z.output<typeof NotificationType>

export const Notification = z
  .object({
    id,
    type: NotificationType,
    message: z.string(),
    data: z.record(z.string(), z.unknown()),
    read_at: instant.nullable(),
    created_at: instant,
  })
  .meta({ id: 'Notification' })
export type Notification = z.output<typeof Notification>

/** Those that the recipient can switch off: all but what concerns the security of the account. */
export const optionalNotificationTypes = notificationTypes.filter(type => type !== 'security')

type Optional = (typeof optionalNotificationTypes)[number]

const everyType = Object.fromEntries(optionalNotificationTypes.map(type => [type, z.boolean()])) as Record<
  Optional,
  z.ZodBoolean
>
export const NotificationPreferences = z.strictObject(everyType).meta({ id: 'NotificationPreferences' })
export type NotificationPreferences = z.output<typeof NotificationPreferences>

export const notifications = defineResource({
  name: 'notification',
  // Sent only to the person, in `user_<id>`.
  events: {
    notification: Notification.omit({ read_at: true }),
    /**
     * Keeps the counts on all tabs and devices of a person equal. Without ids it means all that existed, up to `up_to`.
     */
    notifications_read: z.object({ ids: z.array(id).nullable(), unread_count: z.int(), up_to: id.optional() }),
  },
  operations: {
    list: {
      summary: 'One’s own notifications, newest first, with the number of those that are unread',
      access: 'user',
      method: 'get',
      path: '/notifications',
      query: z.strictObject({ ...paging, unread: flagInUrl.optional() }),
      output: listOf(Notification).extend({ unread_count: z.int() }),
      positioned: true,
    },
    read: {
      summary: 'Mark notifications as read: the given ones, or all',
      access: 'user',
      method: 'post',
      path: '/notifications/read',
      body: z.strictObject({ ids: z.array(id).min(1).max(1_000).optional() }),
      output: z.object({ read_count: z.int() }),
    },
    preferences: {
      summary: 'Which notifications one gets',
      access: 'user',
      method: 'get',
      path: '/notifications/preferences',
      output: NotificationPreferences,
    },
    setPreferences: {
      summary: 'Choose which notifications one gets; absent kinds stay as they are',
      access: 'user',
      method: 'put',
      path: '/notifications/preferences',
      body: NotificationPreferences.partial(),
      output: NotificationPreferences,
    },
  },
})

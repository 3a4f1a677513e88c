import { accounts, adminUsers, people } from './accounts.ts'
import { activity } from './activity.ts'
import { audit } from './audit.ts'
import { comments } from './comments.ts'
import { eventLog } from './events.ts'
import { health } from './health.ts'
import { jobs } from './jobs.ts'
import { media } from './media.ts'
import { notifications } from './notifications.ts'
import { posts } from './posts.ts'
import { projects } from './projects.ts'
import { tasks } from './tasks.ts'
import { videos } from './videos.ts'

/** Every operation of the REST API, by resource. */
export const operations = {
  accounts,
  people,
  adminUsers,
  projects,
  tasks,
  comments,
  activity,
  audit,
  media,
  posts,
  videos,
  notifications,
  jobs,
  eventLog,
  health,
} as const

export * from './accounts.ts'
export * from './activity.ts'
export * from './audit.ts'
export * from './comments.ts'
export * from './define.ts'
export * from './email.ts'
export * from './errors.ts'
export * from './folding.ts'
export * from './events.ts'
export * from './health.ts'
export * from './imports.ts'
export * from './jobs.ts'
export * from './limits.ts'
export * from './media.ts'
export * from './notifications.ts'
export * from './posts.ts'
export * from './primitives.ts'
export * from './projects.ts'
export * from './rooms.ts'
export * from './size.ts'
export * from './socket.ts'
export * from './sort-key.ts'
export * from './tasks.ts'
export * from './videos.ts'

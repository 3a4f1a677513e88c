import type { Command } from './events/index.ts'
import { createActivity } from './features/activity/index.ts'
import { createAuditLog } from './features/audit/index.ts'
import { createComments } from './features/comments/index.ts'
import { createDashboard } from './features/dashboard/index.ts'
import { createNotifications } from './features/notifications/index.ts'
import { createPosts } from './features/posts/index.ts'
import { createProjects } from './features/projects/index.ts'
import type { PostgresDatabase } from './adapters/database.ts'

/**
 * Features that depend only on the database and its commands, each by the name of the resource that it serves. A new
 * one needs its folder and a line here.
 */
export const createPlainFeatures = (deps: { database: PostgresDatabase; command: Command }) => ({
  projects: createProjects(deps),
  comments: createComments(deps),
  activity: createActivity(deps),
  dashboard: createDashboard(deps),
  audit: createAuditLog(deps),
  posts: createPosts(deps),
  notifications: createNotifications(deps),
})

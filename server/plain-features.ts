import type { Command } from './events/index.ts'
import { createActivity } from './features/activity/index.ts'
import { type AuditChain, createAuditLog } from './features/audit/index.ts'
import { createCacheService } from './features/cache/index.ts'
import { createComments } from './features/comments/index.ts'
import { createDashboard } from './features/dashboard/index.ts'
import { createNotifications } from './features/notifications/index.ts'
import { createPosts } from './features/posts/index.ts'
import { createProjects } from './features/projects/index.ts'
import type { PostgresDatabase } from './adapters/database.ts'
import type { Cache } from './ports/cache.ts'

/**
 * Features that depend only on the database, its commands, the cache and the audit log, each by the name of the resource that it serves. A new
 * one needs its folder and a line here.
 */
export const createPlainFeatures = (deps: {
  database: PostgresDatabase
  command: Command
  cache: Cache
  chain: AuditChain
}) => ({
  projects: createProjects(deps),
  comments: createComments(deps),
  activity: createActivity(deps),
  dashboard: createDashboard(deps),
  audit: createAuditLog(deps),
  cache: createCacheService(deps),
  posts: createPosts(deps),
  notifications: createNotifications(deps),
})

import { z } from 'zod'
import { defineResource } from './define.ts'
import { anyOf, id, instant, instantIn } from './primitives.ts'
import { projectRef } from './projects.ts'
import { taskPriorities, taskStatuses } from './tasks.ts'

const count = z.int().min(0)
/** A count for each of these. */
const countsOf = <N extends string>(names: readonly N[]) =>
  z.object(Object.fromEntries(names.map(name => [name, count])) as Record<N, typeof count>)

/** What there is, as far as the caller may see it. */
export const DashboardStats = z
  .object({
    tasks: z.object({
      total: count,
      by_status: countsOf(taskStatuses),
      by_priority: countsOf(taskPriorities).describe('Of those that are not done or cancelled'),
      overdue: count.describe('Not done or cancelled, and due before now'),
      due_soon: count.describe('Not done or cancelled, and due within seven days'),
      assigned_to_me: count.describe('Not done or cancelled'),
      created_last_7_days: count,
      completed_last_7_days: count,
    }),
    projects: z.object({ active: count, archived: count }),
    posts: z.object({ published: count, drafts: count }),
    videos: z.object({ total: count }),
    media: z.object({ total: count, bytes: count }),
    unread_notifications: count,
    at: instant.describe('When it was counted; an answer may be some seconds old'),
  })
  .meta({ id: 'DashboardStats' })
export type DashboardStats = z.output<typeof DashboardStats>

/** One day in one place, in UTC: a row of an export of the type `analytics`. */
export const Analytics = z
  .object({
    date: z.iso.date(),
    project: z.string().nullable(),
    project_id: id.nullable().describe('Null: what is in no project'),
    tasks_created: count,
    tasks_completed: count,
    comments_created: count,
    files_uploaded: count,
    posts_published: count,
    videos_added: count,
  })
  .meta({ id: 'Analytics' })
export type Analytics = z.output<typeof Analytics>

export const analyticsFilters = z.strictObject({
  project: anyOf(projectRef).optional(),
  date_start: instantIn.optional(),
  date_end: instantIn.optional(),
})
export type AnalyticsFilters = z.output<typeof analyticsFilters>

export const dashboard = defineResource({
  operations: {
    stats: {
      summary: 'How much there is of everything that the caller may see',
      access: 'user',
      key: 'projects:read',
      method: 'get',
      path: '/dashboard/stats',
      output: DashboardStats,
      errors: ['unavailable'],
    },
  },
})

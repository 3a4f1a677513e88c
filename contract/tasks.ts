import { z } from 'zod'
import { defineResource, standardEvents } from './define.ts'
import { limits } from './limits.ts'
import { projectRef, projectRefIn } from './projects.ts'
import {
  anyOf,
  filledText,
  id,
  idInUrl,
  instant,
  instantIn,
  listOf,
  numberInUrl,
  paging,
  text,
  version,
} from './primitives.ts'

export const taskStatuses = ['todo', 'in_progress', 'review', 'done', 'cancelled'] as const
/** From the least to the most urgent; sorting by priority uses this order. */
export const taskPriorities = ['low', 'medium', 'high', 'urgent'] as const

export const TaskStatus = z.enum(taskStatuses)
export type TaskStatus = z.output<typeof TaskStatus>
export const TaskPriority = z.enum(taskPriorities)
export type TaskPriority = z.output<typeof TaskPriority>

export const Task = z
  .object({
    id,
    title: z.string(),
    description: z.string(),
    status: TaskStatus,
    priority: TaskPriority,
    category: z.string().nullable(),
    project: z.string().nullable(),
    project_id: id.nullable(),
    assignee_id: id.nullable(),
    due_date: instant.nullable(),
    /** Opaque. Lists with `sort=position` are in its order, compared byte by byte. */
    position: z.string(),
    version,
    created_by: id,
    updated_by: id,
    created_at: instant,
    updated_at: instant,
    completed_at: instant.nullable(),
  })
  .meta({ id: 'Task' })
export type Task = z.output<typeof Task>

const fields = {
  title: filledText(limits.title),
  description: text(limits.description),
  status: TaskStatus,
  priority: TaskPriority,
  category: filledText(limits.category).nullable(),
  project: projectRefIn.nullable(),
  assignee_id: id.nullable(),
  due_date: instantIn.nullable(),
}
/** What an imported row says about its task. */
export const TaskDraft = z.strictObject({
  title: fields.title,
  description: fields.description,
  status: fields.status,
  priority: fields.priority,
  category: fields.category,
  due_date: fields.due_date,
})
export type TaskDraft = z.output<typeof TaskDraft>

/** The place of a task among its neighbours: before or after a task that the caller may see. */
const placing = { before_id: id.optional(), after_id: id.optional() }

const whole = z.strictObject({
  title: fields.title,
  description: fields.description.default(''),
  status: fields.status.default('todo'),
  priority: fields.priority.default('medium'),
  category: fields.category.default(null),
  project: fields.project.default(null),
  assignee_id: fields.assignee_id.default(null),
  due_date: fields.due_date.default(null),
  ...placing,
})
export type NewTask = z.output<typeof whole>

export const TaskUpdates = z.strictObject({ ...z.strictObject(fields).partial().shape, ...placing })
export type TaskUpdates = z.output<typeof TaskUpdates>

const bulkIds = z.array(id).min(1).max(limits.bulkIds, `may have at most ${limits.bulkIds} ids`)

const failures = z.array(z.object({ task_id: id, code: z.string(), message: z.string() }))
export type BulkFailure = z.output<typeof failures>[number]

export const taskSortKeys = ['due_date', 'priority', 'created_at', 'updated_at', 'position', 'relevance'] as const
export type TaskSortKey = (typeof taskSortKeys)[number]
export const TaskSort = z.enum(taskSortKeys.flatMap(key => [key, `-${key}`] as const))

/** What a list of tasks can be narrowed to, as parameters. */
export const taskFilters = z.strictObject({
  category: anyOf(text(limits.category)).optional(),
  project: anyOf(projectRef).optional(),
  status: anyOf(TaskStatus).optional(),
  priority: anyOf(TaskPriority).optional(),
  assignee_id: anyOf(idInUrl).optional(),
  created_by: anyOf(idInUrl).optional(),
  due_date_start: instantIn.optional(),
  due_date_end: instantIn.optional(),
  created_at_start: instantIn.optional(),
  created_at_end: instantIn.optional(),
  updated_at_start: instantIn.optional(),
  updated_at_end: instantIn.optional(),
  search: text(limits.search).optional(),
})
export type TaskFilters = z.output<typeof taskFilters>

const FiltersApplied = z.object({
  categories: z.array(z.string()).optional(),
  projects: z.array(z.string()).optional(),
  status: z.array(TaskStatus).optional(),
  priority: z.array(TaskPriority).optional(),
  assignee_id: z.array(id).optional(),
  created_by: z.array(id).optional(),
  date_range: z.object({ start: instant.nullable(), end: instant.nullable() }).optional(),
  created_at: z.object({ start: instant.nullable(), end: instant.nullable() }).optional(),
  updated_at: z.object({ start: instant.nullable(), end: instant.nullable() }).optional(),
  search: z.string().optional(),
})
export type FiltersApplied = z.output<typeof FiltersApplied>

const one = z.strictObject({ id: idInUrl })

const bulkDelete = {
  summary: 'Delete many tasks; each that cannot be deleted is reported with its reason',
  access: 'user',
  body: z.strictObject({ task_ids: bulkIds }),
  output: z.object({ deleted_count: z.int(), failed_deletes: failures }),
  status: 200,
} as const

export const tasks = defineResource({
  name: 'task',
  topic: 'tasks',
  isInProject: true,
  isInActivity: true,
  events: {
    ...standardEvents('task', Task),
    /** To those who see the project that the task has left. */
    task_removed: z.object({ task_id: id, version, project_id: id.nullable(), moved_by: id }),
  },
  bulkEvents: {
    tasks_bulk_updated: z.object({ tasks: z.array(Task), updated_by: id, first_offset: z.int() }),
    tasks_bulk_deleted: z.object({ task_ids: z.array(id), deleted_by: id, first_offset: z.int() }),
  },
  operations: {
    list: {
      summary: 'Tasks that the caller may see',
      access: 'user',
      method: 'get',
      path: '/tasks',
      query: z
        .strictObject({
          ...paging,
          /** How far to count at most, because counting a million tasks takes a quarter of a second. */
          count_limit: numberInUrl(1, limits.countLimit).optional(),
          ...taskFilters.shape,
          sort: TaskSort.default('-created_at'),
        })
        .refine(query => !query.sort.endsWith('relevance') || query.search !== undefined, {
          path: ['sort'],
          message: 'relevance needs a search',
        })
        .refine(query => !query.sort.endsWith('relevance') || query.cursor === undefined, {
          path: ['cursor'],
          message: 'relevance has no cursor; use page',
        }),
      output: listOf(Task).extend({
        /** There are more than `count` says, which ends at `count_limit`. */
        count_limited: z.literal(true).optional(),
        filters_applied: FiltersApplied,
      }),
      positioned: true,
    },
    create: {
      summary: 'Create a task',
      access: 'user',
      method: 'post',
      path: '/tasks',
      body: whole,
      output: Task,
      status: 201,
      location: '/tasks/:id',
      etag: true,
    },
    bulkUpdate: {
      summary: 'Make the same change to many tasks; each that cannot be changed is reported with its reason',
      access: 'user',
      method: 'post',
      path: '/tasks/bulk-update',
      cost: 10,
      body: z.strictObject({
        task_ids: bulkIds,
        updates: z
          .strictObject({
            status: fields.status,
            priority: fields.priority,
            category: fields.category,
            project: fields.project,
          })
          .partial()
          .refine(updates => Object.keys(updates).length > 0, 'must name at least one field'),
      }),
      output: z.object({ updated_count: z.int(), failed_updates: failures }),
      status: 200,
    },
    bulkDelete: {
      ...bulkDelete,
      method: 'delete',
      path: '/tasks/bulk-delete',
      cost: 10,
      aliases: [{ method: 'post', path: '/tasks/bulk-delete' }],
    },
    get: {
      summary: 'One task',
      access: 'user',
      method: 'get',
      path: '/tasks/:id',
      params: one,
      output: Task,
      etag: true,
      positioned: true,
    },
    update: {
      summary: 'Change the fields that are given; null clears',
      access: 'user',
      method: 'patch',
      path: '/tasks/:id',
      params: one,
      body: TaskUpdates,
      output: Task,
      etag: true,
      socket: 'task_update',
    },
    replace: {
      summary: 'Set all fields; absent ones to their defaults',
      access: 'user',
      method: 'put',
      path: '/tasks/:id',
      params: one,
      body: whole,
      output: Task,
      etag: true,
    },
    delete: {
      summary: 'Delete a task',
      access: 'user',
      method: 'delete',
      path: '/tasks/:id',
      params: one,
      etag: true,
    },
  },
})

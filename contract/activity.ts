import { z } from 'zod'
import { defineResource } from './define.ts'
import { id, idInUrl, instant, listOf, paging } from './primitives.ts'
import { projectRef } from './projects.ts'
import { activitySubjects } from './resources.ts'

/** The activity: what happened, kept for ever. The event log is not kept for ever. */
export const Activity = z
  .object({
    id,
    at: instant,
    actor_id: id.nullable(),
    event: z.string(),
    subject: z.object({ type: z.enum(activitySubjects), id, title: z.string() }),
    changes: z
      .record(z.string(), z.object({ from: z.unknown(), to: z.unknown() }))
      .optional()
      .describe(
        'The old and new value of each field; long texts are only named. For a task that moved only its new project: {project_id: {from: null, to}}',
      ),
  })
  .meta({ id: 'Activity' })
export type Activity = z.output<typeof Activity>

const feed = { query: z.strictObject(paging), output: listOf(Activity), positioned: true } as const

export const activity = defineResource({
  operations: {
    ofTask: {
      summary: 'What happened to a task, newest first',
      access: 'user',
      method: 'get',
      path: '/tasks/:id/activity',
      params: z.strictObject({ id: idInUrl }),
      ...feed,
    },
    ofProject: {
      summary: 'What happened in a project, newest first',
      access: 'user',
      method: 'get',
      path: '/projects/:id/activity',
      params: z.strictObject({ id: projectRef }),
      ...feed,
      errors: ['conflict'],
    },
    ofAll: {
      summary: 'What happened in everything that the caller may see, newest first',
      access: 'user',
      method: 'get',
      path: '/dashboard/activity',
      ...feed,
    },
  },
})

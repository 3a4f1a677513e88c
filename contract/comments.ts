import { z } from 'zod'
import { defineResource, standardEvents } from './define.ts'
import { limits } from './limits.ts'
import { filledText, id, idInUrl, instant, listOf, paging, version } from './primitives.ts'

export const Comment = z
  .object({
    id,
    task_id: id,
    body: z.string().describe('Markdown'),
    author_id: id,
    mentions: z.array(id).describe('People mentioned with @username who may read the task'),
    version,
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'Comment' })
export type Comment = z.output<typeof Comment>

const body = z.strictObject({ body: filledText(limits.comment) })
const one = z.strictObject({ id: idInUrl })

export const comments = defineResource({
  name: 'comment',
  topic: 'tasks',
  isInProject: true,
  isInActivity: true,
  events: standardEvents('comment', Comment, { task_id: id }),
  operations: {
    list: {
      summary: 'Comments on a task',
      access: 'user',
      method: 'get',
      path: '/tasks/:id/comments',
      params: one,
      query: z.strictObject({ ...paging, sort: z.enum(['created_at', '-created_at']).default('-created_at') }),
      output: listOf(Comment),
      positioned: true,
    },
    create: {
      summary: 'Comment on a task; people mentioned with @username are notified',
      access: 'user',
      method: 'post',
      path: '/tasks/:id/comments',
      params: one,
      body,
      output: Comment,
      status: 201,
      etag: true,
    },
    update: {
      summary: 'Change a comment: its author, owners of the project, administrators',
      access: 'user',
      method: 'patch',
      path: '/comments/:id',
      params: one,
      body: body.partial(),
      output: Comment,
      etag: true,
    },
    delete: {
      summary: 'Delete a comment: its author, owners of the project, administrators',
      access: 'user',
      method: 'delete',
      path: '/comments/:id',
      params: one,
      etag: true,
    },
  },
})

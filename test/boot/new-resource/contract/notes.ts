import { z } from 'zod'
import { defineResource, standardEvents } from './define.ts'
import { limits } from './limits.ts'
import { projectRef, projectRefIn } from './projects.ts'
import { anyOf, filledText, id, idInUrl, instant, listOf, paging, text, version } from './primitives.ts'

export const Note = z
  .object({
    id,
    title: z.string(),
    body: z.string(),
    project_id: id.nullable(),
    created_by: id,
    version,
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'Note' })
export type Note = z.output<typeof Note>

const fields = { title: filledText(limits.title), body: text(limits.description) }
const one = z.strictObject({ id: idInUrl })

export const noteSortKeys = ['created_at', 'title'] as const

export const notes = defineResource({
  name: 'note',
  topic: 'notes',
  isInProject: true,
  isInActivity: true,
  events: standardEvents('note', Note),
  operations: {
    list: {
      summary: 'Notes that the caller may see',
      access: 'user',
      method: 'get',
      path: '/notes',
      query: z.strictObject({
        ...paging,
        project: anyOf(projectRef).optional(),
        sort: z.enum(noteSortKeys.flatMap(key => [key, `-${key}`] as const)).default('-created_at'),
      }),
      output: listOf(Note),
      positioned: true,
    },
    create: {
      summary: 'Write a note',
      access: 'user',
      method: 'post',
      path: '/notes',
      body: z.strictObject({
        title: fields.title,
        body: fields.body.default(''),
        project: projectRefIn.nullable().default(null),
      }),
      output: Note,
      status: 201,
      location: '/notes/:id',
      etag: true,
    },
    get: {
      summary: 'One note',
      access: 'user',
      method: 'get',
      path: '/notes/:id',
      params: one,
      output: Note,
      etag: true,
      positioned: true,
    },
    update: {
      summary: 'Change the fields that are given',
      access: 'user',
      method: 'patch',
      path: '/notes/:id',
      params: one,
      body: z.strictObject(fields).partial(),
      output: Note,
      etag: true,
    },
    delete: { summary: 'Delete a note', access: 'user', method: 'delete', path: '/notes/:id', params: one },
  },
})

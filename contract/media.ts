import { z } from 'zod'
import { defineOperations, defineResource } from './define.ts'
import { limits } from './limits.ts'
import { projectRef } from './projects.ts'
import { anyOf, id, idInUrl, instant, instantIn, listOf, paging, text, version } from './primitives.ts'

/** The accepted types of uploads, as detected from the content, with the ending of the file's name. */
export const mediaTypes = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'application/pdf': 'pdf',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
} as const
export type MediaType = keyof typeof mediaTypes

export const MediaFile = z
  .object({
    id,
    version: version.describe('Rises when the file moves with its task to another project'),
    filename: z.string().describe('The name under which the file is stored'),
    original_filename: z.string().describe('The name that the client gave the file, without folders'),
    file_type: z.string().describe('The MIME type of the content'),
    file_size: z.int().describe('In bytes'),
    upload_date: instant,
    uploaded_by: id,
    url: z.string(),
    thumbnail_url: z.string().optional(),
    project_id: id.optional(),
    task_id: id.optional(),
    width: z.int().optional().describe('The size of a picture as displayed, in pixels'),
    height: z.int().optional(),
  })
  .meta({ id: 'MediaFile' })
export type MediaFile = z.output<typeof MediaFile>

const filters = z.strictObject({
  file_type: anyOf(text(100).regex(/^[\w.+-]+\/[\w.+-]+$/, 'must be a MIME type such as image/png')).optional(),
  user_id: anyOf(idInUrl).optional(),
  task_id: anyOf(idInUrl).optional(),
  project: anyOf(projectRef).optional(),
  search: text(limits.search).describe('A part of the name').optional(),
  upload_date_start: instantIn.optional(),
  upload_date_end: instantIn.optional(),
})
export type MediaFilters = z.output<typeof filters>

const one = z.strictObject({ id: idInUrl })

export const media = defineResource({
  name: 'media',
  topic: 'media',
  isInProject: true,
  // A file that moves with its task is deleted in the project that it leaves and created in the other one, with one
  // version.
  events: {
    media_created: z.object({ media: MediaFile, created_by: id }),
    media_deleted: z.object({ media_id: id, version, deleted_by: id }),
  },
  operations: {
    list: {
      summary: 'Files that the caller may see',
      access: 'user',
      method: 'get',
      path: '/blog/media',
      query: z.strictObject({
        ...paging,
        ...filters.shape,
        sort: z.enum(['upload_date', '-upload_date', 'file_size', '-file_size']).default('-upload_date'),
      }),
      output: listOf(MediaFile),
      positioned: true,
    },
    get: {
      summary: 'The metadata of one file',
      access: 'user',
      method: 'get',
      path: '/blog/media/:id',
      params: one,
      output: MediaFile,
      positioned: true,
    },
    delete: {
      summary: 'Delete a file: its uploader, owners of the project, administrators',
      access: 'user',
      method: 'delete',
      path: '/blog/media/:id',
      params: one,
      etag: true,
    },
  },
})

/** Separate from the operations, because files are the input (as multipart/form-data, field `file`) or the output. */
export const mediaTransfers = defineOperations({
  upload: {
    summary: 'Upload one file or several, into a project or to a task if one is given; all are kept or none',
    access: 'user',
    method: 'post',
    path: '/blog/media/upload',
    body: z.strictObject({ project: projectRef.optional(), task_id: idInUrl.optional() }),
    output: z.union([MediaFile, z.object({ results: z.array(MediaFile) })]),
    status: 201,
    location: '/blog/media/:id',
    form: { files: limits.mediaFiles },
    errors: ['forbidden'],
  },
  file: {
    summary: 'The file exactly as it was uploaded',
    access: 'user',
    method: 'get',
    path: '/blog/media/:id/file',
    params: one,
    file: Object.keys(mediaTypes),
  },
  thumbnail: {
    summary: 'The thumbnail of a picture (WebP, at most 480 pixels), without the metadata of cameras',
    access: 'user',
    method: 'get',
    path: '/blog/media/:id/thumbnail',
    params: one,
    file: ['image/webp'],
  },
})

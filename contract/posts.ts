import { z } from 'zod'
import { defineResource, standardEvents } from './define.ts'
import { limits } from './limits.ts'
import { projectRef, projectRefIn, slug } from './projects.ts'
import { anyOf, filledText, id, idInUrl, instant, instantIn, listOf, paging, text, version } from './primitives.ts'

export const PostStatus = z.enum(['draft', 'published'])
export type PostStatus = z.output<typeof PostStatus>

export const Post = z
  .object({
    id,
    slug: z.string(),
    title: z.string(),
    body: z.string().describe('Markdown'),
    status: PostStatus.describe('A draft is visible to its author and administrators only'),
    cover_media_id: id.nullable(),
    media_ids: z.array(id).describe('Files that belong to the post, in the given order'),
    author_id: id,
    project_id: id.nullable(),
    published_at: instant.nullable().describe('The time of publication; null for a draft'),
    version,
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'Post' })
export type Post = z.output<typeof Post>

const fields = {
  title: filledText(limits.title),
  slug,
  body: text(limits.post),
  status: PostStatus,
  cover_media_id: id.nullable(),
  media_ids: z
    .array(id)
    .max(limits.postFiles, `may have at most ${limits.postFiles} ids`)
    .refine(ids => new Set(ids).size === ids.length, 'must not name a file twice'),
}

const filters = z.strictObject({
  status: anyOf(PostStatus).optional(),
  author_id: anyOf(idInUrl).optional(),
  project: anyOf(projectRef).optional(),
  published_at_start: instantIn.optional(),
  published_at_end: instantIn.optional(),
  search: text(limits.search).optional(),
})
export type PostFilters = z.output<typeof filters>

export const postSortKeys = ['published_at', 'created_at', 'updated_at', 'title'] as const
export type PostSortKey = (typeof postSortKeys)[number]

/** By id or by slug. */
const one = z.strictObject({ id: text(limits.slug).min(1) })

const whole = z.strictObject({
  title: fields.title,
  slug: fields.slug.optional(),
  body: fields.body.default(''),
  status: fields.status.default('draft'),
  cover_media_id: fields.cover_media_id.default(null),
  media_ids: fields.media_ids.default([]),
  project: projectRefIn.nullable().default(null),
})
export type NewPost = z.output<typeof whole>

/** A post stays in the project that it was written in. */
const changes = z.strictObject(fields).partial()
export type PostChanges = z.output<typeof changes>

export const posts = defineResource({
  name: 'post',
  topic: 'posts',
  isInProject: true,
  isInActivity: true,
  mayBeAuthorOnly: true,
  events: standardEvents('post', Post),
  operations: {
    list: {
      summary: 'Posts that the caller may see: published ones, and drafts of their own',
      access: 'user',
      method: 'get',
      path: '/blog/posts',
      query: z.strictObject({
        ...paging,
        ...filters.shape,
        sort: z.enum(postSortKeys.flatMap(key => [key, `-${key}`] as const)).default('-created_at'),
      }),
      output: listOf(Post),
      positioned: true,
    },
    create: {
      summary: 'Write a post: editors in their project, everybody without a project',
      access: 'user',
      method: 'post',
      path: '/blog/posts',
      body: whole,
      output: Post,
      status: 201,
      location: '/blog/posts/:id',
      etag: true,
    },
    get: {
      summary: 'One post, by id or slug',
      access: 'user',
      method: 'get',
      path: '/blog/posts/:id',
      params: one,
      output: Post,
      etag: true,
      positioned: true,
      errors: ['conflict'],
    },
    update: {
      summary: 'Change the given fields, publish or withdraw; null clears the cover',
      access: 'user',
      method: 'patch',
      path: '/blog/posts/:id',
      params: one,
      body: changes,
      output: Post,
      etag: true,
    },
    delete: {
      summary: 'Delete a post',
      access: 'user',
      method: 'delete',
      path: '/blog/posts/:id',
      params: one,
      etag: true,
    },
  },
})

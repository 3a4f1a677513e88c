import { z } from 'zod'
import { defineResource, standardEvents } from './define.ts'
import { errorCodes, type ErrorCode } from './errors.ts'
import { Job } from './jobs.ts'
import { limits } from './limits.ts'
import { projectRef, projectRefIn, Visibility } from './projects.ts'
import { anyOf, filledText, id, idInUrl, instant, instantIn, listOf, paging, text, version } from './primitives.ts'

export const VideoProvider = z.enum(['youtube', 'vimeo', 'upload', 'url'])
export type VideoProvider = z.output<typeof VideoProvider>

/**
 * The hosts of the providers from which the page loads pictures of videos; its content security policy allows no
 * others.
 */
export const videoThumbnailHosts = ['i.ytimg.com', 'img.youtube.com', 'i.vimeocdn.com'] as const

export const Video = z
  .object({
    id,
    title: z.string(),
    description: z.string(),
    provider: VideoProvider,
    provider_id: z.string().nullable().describe('The id of the video at the provider'),
    url: z.string(),
    thumbnail_url: z.string().nullable(),
    duration_seconds: z.int().nullable(),
    author_name: z.string().nullable().describe('The author at the provider, as text'),
    tags: z.array(z.string()).describe('In the given order'),
    visibility: Visibility.describe(
      '`private`: the person who added it and administrators; `internal`: everybody who reads its project',
    ),
    project_id: id.nullable(),
    created_by: id,
    version,
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'Video' })
export type Video = z.output<typeof Video>

/** Without invisible characters too, except the joiners of Persian and Hindi. */
const plain = /^https?:\/\/[^\s\\<>"\p{Cc}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f]+$/iu

/** An address that a page may link to: http or https, without parts that are read differently than they look. */
export const webAddress = text(limits.url).refine(value => {
  const url = plain.test(value) ? URL.parse(value) : null
  return url !== null && url.username === '' && url.password === ''
}, 'must be an http or https address')

const wrappers =
  '<> ‹› «» »« ›‹ "" \'\' “” „“ „” ”” ‘’ ‚‘ ‚’ () [] {} （） ［］ ｛｝ 「」 『』 《》 〈〉 【】 〔〕 ＜＞ `` ** __ ||'.split(
    ' ',
  )
const shapeless = /^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu

/** The embed code that providers offer: a frame that shows the video. */
const frame = /^<iframe\b[^>]*?\ssrc=(["'])(?:https?:)?(\/\/[^"'\s]+)\1/i
/** Words before the only address, which is at the end of the text; some scripts have no spaces. */
const sentence =
  /^(?!.*:\/\/.*:\/\/).*[\s：\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]([^\s：\p{L}\p{N}]*https?:\/\/\S+)$/isu

/**
 * An address without what people paste around it: spaces, letters without a shape, brackets, quotation marks,
 * characters of Markdown and HTML, and words before it.
 */
export function unwrapped(pasted: string): string {
  const bare = pasted.replace(shapeless, '')
  const [, linked] = /^!?\[[^\]]*\]\(([^()\s]+)\)$/.exec(bare) ?? []
  if (linked !== undefined) return linked
  const framed = frame.exec(bare)?.[2]
  if (framed !== undefined) return `https:${framed.replaceAll('&amp;', '&')}`
  const afterWords = sentence.exec(bare)?.[1]
  if (afterWords !== undefined && !/^https?:/i.test(bare)) return unwrapped(afterWords)
  const isWrapped = wrappers.some(([open, close]) => bare.length > 2 && bare[0] === open && bare.at(-1) === close)
  return isWrapped ? unwrapped(bare.slice(1, -1)) : bare
}

const tag = filledText(limits.tag).refine(value => value === value.trim(), 'must not begin or end with white space')

const fields = {
  title: filledText(limits.title),
  description: text(limits.description),
  url: text(limits.url).transform(unwrapped).pipe(webAddress),
  provider: VideoProvider.describe('Detected from the address unless it is given; must not contradict it'),
  provider_id: filledText(limits.providerId).nullable().describe('For YouTube and Vimeo detected from the address'),
  thumbnail_url: webAddress.nullable(),
  duration_seconds: z.int().min(0).max(limits.videoSeconds).nullable(),
  author_name: filledText(limits.personName).nullable(),
  tags: z
    .array(tag)
    .max(limits.tags, `may have at most ${limits.tags} tags`)
    .refine(tags => new Set(tags).size === tags.length, 'must not name a tag twice'),
  visibility: Visibility,
}

/** What a list of videos can be narrowed to, as parameters. */
export const videoFilters = z.strictObject({
  provider: anyOf(VideoProvider).optional(),
  tag: anyOf(text(limits.tag)).optional(),
  project: anyOf(projectRef).optional(),
  visibility: anyOf(Visibility).optional(),
  created_by: anyOf(idInUrl).optional(),
  created_at_start: instantIn.optional(),
  created_at_end: instantIn.optional(),
  updated_at_start: instantIn.optional(),
  updated_at_end: instantIn.optional(),
  search: text(limits.search).optional(),
})
export type VideoFilters = z.output<typeof videoFilters>

export const videoSortKeys = ['created_at', 'updated_at', 'title', 'duration_seconds'] as const
export type VideoSortKey = (typeof videoSortKeys)[number]

const one = z.strictObject({ id: idInUrl })

const whole = z.strictObject({
  title: fields.title,
  description: fields.description.default(''),
  url: fields.url,
  provider: fields.provider.optional(),
  provider_id: fields.provider_id.optional(),
  thumbnail_url: fields.thumbnail_url.default(null),
  duration_seconds: fields.duration_seconds.default(null),
  author_name: fields.author_name.default(null),
  tags: fields.tags.default([]),
  visibility: fields.visibility.default('internal'),
  project: projectRefIn.nullable().default(null),
})
export type NewVideo = z.output<typeof whole>

/** A video stays in the project to which it was added. */
const changes = z.strictObject(fields).partial()
export type VideoChanges = z.output<typeof changes>

const batchFailures = z.array(z.object({ video_id: id, code: z.string(), message: z.string() }))
export type VideoFailure = z.output<typeof batchFailures>[number]

const codes = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]

/** The result for one address of an import; in the job's `result.items`, in the order of the addresses. */
export const ImportedVideo = z
  .object({
    url: z.string().describe('The address as it was given'),
    status: z.enum(['imported', 'duplicate', 'failed']),
    video_id: id.optional().describe('The video, or the one that existed already'),
    code: z.enum(codes).optional(),
    message: z.string().optional(),
  })
  .meta({ id: 'ImportedVideo' })
export type ImportedVideo = z.output<typeof ImportedVideo>

export const videos = defineResource({
  name: 'video',
  topic: 'videos',
  isInProject: true,
  isInActivity: true,
  mayBeAuthorOnly: true,
  events: standardEvents('video', Video),
  operations: {
    list: {
      summary: 'Videos that the caller may see',
      access: 'user',
      method: 'get',
      path: '/videos',
      query: z.strictObject({
        ...paging,
        ...videoFilters.shape,
        sort: z.enum(videoSortKeys.flatMap(key => [key, `-${key}`] as const)).default('-created_at'),
      }),
      output: listOf(Video),
      positioned: true,
    },
    create: {
      summary: 'Add a video: editors to their project, everybody without a project',
      access: 'user',
      method: 'post',
      path: '/videos',
      body: whole,
      output: Video,
      status: 201,
      location: '/videos/:id',
      etag: true,
    },
    get: {
      summary: 'One video',
      access: 'user',
      method: 'get',
      path: '/videos/:id',
      params: one,
      output: Video,
      etag: true,
      positioned: true,
    },
    update: {
      summary: 'Change the fields that are given; null clears',
      access: 'user',
      method: 'patch',
      path: '/videos/:id',
      params: one,
      body: changes,
      output: Video,
      etag: true,
    },
    delete: {
      summary: 'Delete a video',
      access: 'user',
      method: 'delete',
      path: '/videos/:id',
      params: one,
      etag: true,
    },
    batchUpdate: {
      summary: 'Make the same change to many videos; each that cannot be changed is reported with its reason',
      access: 'admin',
      method: 'post',
      path: '/batch/videos/update',
      cost: 10,
      body: z.strictObject({
        video_ids: z.array(id).min(1).max(limits.batchVideos, `may have at most ${limits.batchVideos} ids`),
        updates: z
          .strictObject({
            description: fields.description,
            author_name: fields.author_name,
            tags: fields.tags,
            visibility: fields.visibility,
          })
          .partial()
          .refine(updates => Object.keys(updates).length > 0, 'must name at least one field'),
      }),
      output: z.object({ updated_count: z.int(), failed_updates: batchFailures }),
      status: 200,
      envelope: 'Videos updated',
    },
    import: {
      summary:
        'Import videos of YouTube and Vimeo by their addresses, as a job; a video that cannot be imported does not stop the others',
      access: 'user',
      method: 'post',
      path: '/import/videos',
      cost: 10,
      body: z.strictObject({
        urls: z
          .array(text(limits.url))
          .min(1)
          .max(limits.importedVideos, `may have at most ${limits.importedVideos} addresses`),
        project: projectRefIn.nullable().optional(),
      }),
      output: Job,
      status: 202,
      envelope: 'The import has begun',
    },
  },
})
export type VideoBatch = Partial<Pick<VideoChanges, 'description' | 'author_name' | 'tags' | 'visibility'>>

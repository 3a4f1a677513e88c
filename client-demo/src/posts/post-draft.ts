import type { CallInput, operations, Post } from '../../../sdk/index.ts'
import type { Reading } from '../markdown/reading.ts'

/** The fields of the form. */
export interface PostDraft {
  title: string
  slug: string
  body: string
  cover_media_id: number | null
  /** Of a new one; later it stays where it is. */
  project_id: number | null
}

export type PostField = Exclude<keyof PostDraft, 'project_id'>
export const postFields = ['title', 'slug', 'body', 'cover_media_id'] as const satisfies readonly PostField[]

export const newPost = (project_id: number | null): PostDraft => ({
  title: '',
  slug: '',
  body: '',
  cover_media_id: null,
  project_id,
})

export const draftOf = ({ title, slug, body, cover_media_id, project_id }: Post): PostDraft => ({
  title,
  slug,
  body,
  cover_media_id,
  project_id,
})

/** What a post refers to, told from its text, so that nobody has to keep a list. */
const filesOf = ({ mediaIdsIn, readPost }: Reading, { body }: PostDraft) => mediaIdsIn(readPost(body))

type Changes = Omit<CallInput<(typeof operations)['posts']['update']>, 'id'>

export function changesOf(reading: Reading, base: PostDraft, draft: PostDraft): Changes {
  const changes: Changes = {}
  if (draft.title !== base.title) changes.title = draft.title.trim()
  if (draft.slug !== base.slug && draft.slug.trim() !== '') changes.slug = draft.slug.trim()
  if (draft.cover_media_id !== base.cover_media_id) changes.cover_media_id = draft.cover_media_id
  if (draft.body !== base.body) Object.assign(changes, { body: draft.body, media_ids: filesOf(reading, draft) })
  return changes
}

export const wholeOf = (reading: Reading, draft: PostDraft): CallInput<(typeof operations)['posts']['create']> => ({
  title: draft.title.trim(),
  ...(draft.slug.trim() !== '' && { slug: draft.slug.trim() }),
  body: draft.body,
  cover_media_id: draft.cover_media_id,
  media_ids: filesOf(reading, draft),
  project: draft.project_id,
})

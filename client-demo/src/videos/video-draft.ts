import type { CallInput, operations, Video, Visibility } from '../../../sdk/index.ts'

/** The fields of the form. */
export interface VideoDraft {
  url: string
  title: string
  description: string
  /** As people write them, with commas between. */
  tags: string
  author_name: string
  thumbnail_url: string
  visibility: Visibility
  /** Of a new one; later it stays where it is. */
  project_id: number | null
}

export const videoFields = [
  'url',
  'title',
  'description',
  'tags',
  'author_name',
  'thumbnail_url',
  'visibility',
] as const satisfies readonly (keyof VideoDraft)[]
export type VideoField = (typeof videoFields)[number]

export const newVideo = (project_id: number | null): VideoDraft => ({
  url: '',
  title: '',
  description: '',
  tags: '',
  author_name: '',
  thumbnail_url: '',
  visibility: 'internal',
  project_id,
})

export const draftOf = (video: Video): VideoDraft => ({
  url: video.url,
  title: video.title,
  description: video.description,
  tags: video.tags.join(', '),
  author_name: video.author_name ?? '',
  thumbnail_url: video.thumbnail_url ?? '',
  visibility: video.visibility,
  project_id: video.project_id,
})

/** Each once, in the order in which they are written. */
export const tagsOf = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map(tag => tag.trim())
      .filter(tag => tag !== ''),
  ),
]

const orNull = (text: string) => (text.trim() === '' ? null : text.trim())

type Changes = Omit<CallInput<(typeof operations)['videos']['update']>, 'id'>

const asSent: { [Field in VideoField]: (draft: VideoDraft) => Changes } = {
  url: ({ url }) => ({ url: url.trim() }),
  title: ({ title }) => ({ title: title.trim() }),
  description: ({ description }) => ({ description }),
  tags: ({ tags }) => ({ tags: tagsOf(tags) }),
  author_name: draft => ({ author_name: orNull(draft.author_name) }),
  thumbnail_url: draft => ({ thumbnail_url: orNull(draft.thumbnail_url) }),
  visibility: ({ visibility }) => ({ visibility }),
}

export const changesOf = (fields: readonly VideoField[], draft: VideoDraft): Changes =>
  Object.assign({}, ...fields.map(field => asSent[field](draft))) as Changes

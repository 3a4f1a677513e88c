import {
  type CallInput,
  findsWords,
  type operations,
  type TaskwireClient,
  type Video,
  type VideoProvider,
} from '../../../sdk/index.ts'
import type { Live } from '../live/live.ts'
import { createLiveList, type LiveList } from '../live/live-list.ts'
import { providers } from './providers.ts'

/** What the list is narrowed to. Lives in the address. */
export interface VideoFilters {
  search: string
  provider: VideoProvider | null
  tag: string
  project: number | null
}

export const isNarrowed = ({ search, provider, tag, project }: VideoFilters) =>
  search !== '' || provider !== null || tag !== '' || project !== null

export const filtersFromQuery = (query: URLSearchParams): VideoFilters => ({
  search: query.get('search') ?? '',
  provider: providers.find(provider => provider === query.get('provider')) ?? null,
  tag: query.get('tag') ?? '',
  project: Number(query.get('project')) || null,
})

export function addressOf({ search, provider, tag, project }: VideoFilters): string {
  const query = new URLSearchParams()
  if (search !== '') query.set('search', search)
  if (provider !== null) query.set('provider', provider)
  if (tag !== '') query.set('tag', tag)
  if (project !== null) query.set('project', String(project))
  return query.size > 0 ? `/videos?${query}` : '/videos'
}

type Query = CallInput<(typeof operations)['videos']['list']>

const queryOf = ({ search, provider, tag, project }: VideoFilters): Query => ({
  ...(search !== '' && { search }),
  ...(provider !== null && { provider }),
  ...(tag !== '' && { tag }),
  ...(project !== null && { project: String(project) }),
})

const matches = (video: Video, { search, provider, tag, project }: VideoFilters, isListed: boolean) =>
  (provider === null || video.provider === provider) &&
  (tag === '' || video.tags.includes(tag)) &&
  (project === null || video.project_id === project) &&
  (search === '' || isListed || findsWords(`${video.title} ${video.author_name ?? ''} ${video.description}`, search))

const compare = (a: Video, b: Video) =>
  a.created_at === b.created_at ? b.id - a.id : a.created_at < b.created_at ? 1 : -1

const pageSize = 36

export type VideoList = LiveList<'videos'>

/** Videos, newest first. */
export function createVideoList(deps: { client: TaskwireClient; live: Live; filters: VideoFilters }) {
  const { client, live } = deps
  let { filters } = deps

  const list = createLiveList({
    live,
    compare,
    kind: 'videos',
    fetchPage: (cursor, signal) => client.videos.list({ cursor, page_size: pageSize, ...queryOf(filters) }, { signal }),
    matches: (video, isListed) => matches(video, filters, isListed),
  })

  return {
    ...list,
    narrow(next: VideoFilters) {
      if (addressOf(next) === addressOf(filters)) return
      filters = next
      void list.restart()
    },
  }
}

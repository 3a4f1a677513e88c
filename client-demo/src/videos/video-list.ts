import { type CallInput, findsWords, type operations, type TaskwireClient, type Video } from '../../../sdk/index.ts'
import { addressFilters, id, oneOf, text, type FiltersOf } from '../filters/address-filters.ts'
import { createNarrowed } from '../filters/narrowed.ts'
import type { Live } from '../live/live.ts'
import { createLiveList, type LiveList } from '../live/live-list.ts'
import { providers } from './providers.ts'

/** What the list can be narrowed to. */
export const videoFilters = addressFilters({
  search: text('search'),
  provider: oneOf('provider', providers, null),
  tag: text('tag'),
  project: id('project'),
})
export type VideoFilters = FiltersOf<typeof videoFilters>

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
  return createNarrowed(videoFilters, deps.filters, filters =>
    createLiveList({
      live,
      compare,
      kind: 'videos',
      fetchPage: (cursor, signal) =>
        client.videos.list({ cursor, page_size: pageSize, ...queryOf(filters()) }, { signal }),
      matches: (video, isListed) => matches(video, filters(), isListed),
    }),
  )
}

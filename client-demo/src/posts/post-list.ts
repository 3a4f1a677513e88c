import { type CallInput, findsWords, type operations, type Post, type TaskwireClient } from '../../../sdk/index.ts'
import type { Live } from '../live/live.ts'
import { createLiveList } from '../live/live-list.ts'

/** What the list is narrowed to. Lives in the address. */
export interface PostFilters {
  search: string
  project: number | null
  onlyDrafts: boolean
}

export const isNarrowed = ({ search, project, onlyDrafts }: PostFilters) =>
  search !== '' || project !== null || onlyDrafts

export const filtersFromQuery = (query: URLSearchParams): PostFilters => ({
  search: query.get('search') ?? '',
  project: Number(query.get('project')) || null,
  onlyDrafts: query.get('status') === 'draft',
})

export function addressOf({ search, project, onlyDrafts }: PostFilters): string {
  const query = new URLSearchParams()
  if (search !== '') query.set('search', search)
  if (project !== null) query.set('project', String(project))
  if (onlyDrafts) query.set('status', 'draft')
  return query.size > 0 ? `/posts?${query}` : '/posts'
}

const pageSize = 24

const compare = (a: Post, b: Post) =>
  a.created_at === b.created_at ? b.id - a.id : a.created_at < b.created_at ? 1 : -1

/** Posts, newest first. */
export function createPostList({
  client,
  live,
  filters: first,
}: {
  client: TaskwireClient
  live: Live
  filters: PostFilters
}) {
  let filters = first

  const query = (): CallInput<(typeof operations)['posts']['list']> => ({
    ...(filters.search !== '' && { search: filters.search }),
    ...(filters.project !== null && { project: String(filters.project) }),
    ...(filters.onlyDrafts && { status: 'draft' as const }),
  })

  const list = createLiveList({
    live,
    compare,
    kind: 'posts',
    fetchPage: (cursor, signal) => client.posts.list({ cursor, page_size: pageSize, ...query() }, { signal }),
    matches: ({ title, body, status, project_id }, isListed) =>
      (!filters.onlyDrafts || status === 'draft') &&
      (filters.project === null || project_id === filters.project) &&
      (filters.search === '' || isListed || findsWords(`${title} ${body}`, filters.search)),
  })

  return {
    ...list,
    narrow(next: PostFilters) {
      if (addressOf(next) === addressOf(filters)) return
      filters = next
      void list.restart()
    },
  }
}

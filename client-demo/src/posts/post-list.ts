import { type CallInput, findsWords, type operations, type Post, type TaskwireClient } from '../../../sdk/index.ts'
import { addressFilters, flag, id, text, type FiltersOf } from '../filters/address-filters.ts'
import { createNarrowed } from '../filters/narrowed.ts'
import type { Live } from '../live/live.ts'
import { createLiveList } from '../live/live-list.ts'

/** What the list can be narrowed to. */
export const postFilters = addressFilters({
  search: text('search'),
  project: id('project'),
  onlyDrafts: flag('status', 'draft'),
})
export type PostFilters = FiltersOf<typeof postFilters>

const pageSize = 24

const compare = (a: Post, b: Post) =>
  a.created_at === b.created_at ? b.id - a.id : a.created_at < b.created_at ? 1 : -1

const queryOf = ({ search, project, onlyDrafts }: PostFilters): CallInput<(typeof operations)['posts']['list']> => ({
  ...(search !== '' && { search }),
  ...(project !== null && { project: String(project) }),
  ...(onlyDrafts && { status: 'draft' as const }),
})

const matches = (post: Post, { search, project, onlyDrafts }: PostFilters, isListed: boolean) =>
  (!onlyDrafts || post.status === 'draft') &&
  (project === null || post.project_id === project) &&
  (search === '' || isListed || findsWords(`${post.title} ${post.body}`, search))

/** Posts, newest first. */
export function createPostList(deps: { client: TaskwireClient; live: Live; filters: PostFilters }) {
  const { client, live } = deps
  return createNarrowed(postFilters, deps.filters, filters =>
    createLiveList({
      live,
      compare,
      kind: 'posts',
      fetchPage: (cursor, signal) =>
        client.posts.list({ cursor, page_size: pageSize, ...queryOf(filters()) }, { signal }),
      matches: (post, isListed) => matches(post, filters(), isListed),
    }),
  )
}

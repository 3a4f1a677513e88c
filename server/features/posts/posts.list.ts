import sql, { join, type Sql } from 'sql-template-tag'
import type { PostFilters, posts, PostSortKey } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { found, oneOf, within } from '../../kernel/filters.ts'
import { orderFor, pageOf, type Sortable } from '../../kernel/paging.ts'
import type { Scope } from '../../kernel/scope.ts'
import { createSearching } from '../../kernel/searching.ts'
import { namedBy } from '../projects/index.ts'
import type { PostDeps } from './posts.deps.ts'
import { readable } from './posts.policy.ts'
import { countPosts, listPosts } from './posts.queries.ts'

type Operations = Pick<Handlers<typeof posts>, 'list'>

/** Filtered, sorted, one page at a time. */
export function createPostList({ database }: PostDeps): Operations {
  const read = createSearching(database, 1)
  return {
    list: ({ person }, { page, page_size, cursor, sort, ...filters }) => {
      const where = join([readable(person), ...matching(filters, person)], ' and ')
      return read(person.id, filters.search, db =>
        pageOf(
          { page, page_size, cursor },
          [sort, filters],
          orderFor(columns, sort),
          ({ after, window }) => listPosts(db, sql`${where} and ${after}`, window),
          () => countPosts(db, where),
        ),
      )
    },
  }
}

const matching = (filters: PostFilters, person: Scope['person']): Sql[] => [
  ...oneOf(sql`status`, 'text', filters.status),
  ...oneOf(sql`author_id`, 'bigint', filters.author_id),
  ...(filters.project ? [sql`project_id in (${namedBy(filters.project, person)})`] : []),
  ...within(sql`published_at`, filters.published_at_start, filters.published_at_end),
  ...found(sql`search`, filters.search),
]

const columns: Record<PostSortKey, Sortable> = {
  published_at: { column: sql`published_at`, type: 'timestamptz', nullable: true },
  created_at: { column: sql`created_at`, type: 'timestamptz' },
  updated_at: { column: sql`updated_at`, type: 'timestamptz' },
  title: { column: sql`title`, type: 'text' },
}

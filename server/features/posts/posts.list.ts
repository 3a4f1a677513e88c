import sql, { join, type Sql } from 'sql-template-tag'
import { isSearch, type PostFilters, type posts, type PostSortKey } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { orderFor, pageOf, type Sortable } from '../../kernel/paging.ts'
import type { Scope } from '../../kernel/scope.ts'
import { createSearching } from '../../kernel/searching.ts'
import { namedBy } from '../projects/index.ts'
import type { PostDeps } from './posts.deps.ts'
import { readable } from './posts.policy.ts'
import { countPosts, listPosts } from './posts.queries.ts'

type Operations = Pick<Handlers<typeof posts>, 'list'>

/** Filtered, sorted, a page at a time. */
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

function matching(filters: PostFilters, person: Scope['person']): Sql[] {
  const all: Sql[] = []
  const { status, author_id, project, published_at_start, published_at_end, search } = filters
  if (status) all.push(sql`status = any(${status})`)
  if (author_id) all.push(sql`author_id = any(${author_id}::bigint[])`)
  if (project) all.push(sql`project_id in (${namedBy(project, person)})`)
  if (published_at_start) all.push(sql`published_at >= ${published_at_start}::timestamptz`)
  if (published_at_end) all.push(sql`published_at <= ${published_at_end}::timestamptz`)
  if (isSearch(search)) all.push(sql`search @@ search_query(${search})`)
  return all
}

const columns: Record<PostSortKey, Sortable> = {
  published_at: { column: sql`published_at`, type: 'timestamptz', nullable: true },
  created_at: { column: sql`created_at`, type: 'timestamptz' },
  updated_at: { column: sql`updated_at`, type: 'timestamptz' },
  title: { column: sql`title`, type: 'text' },
}

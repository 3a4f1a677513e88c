import sql, { join, type Sql } from 'sql-template-tag'
import type { VideoFilters, videos, VideoSortKey } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { found, oneOf, within } from '../../kernel/filters.ts'
import { orderFor, pageOf, type Sortable } from '../../kernel/paging.ts'
import type { Scope } from '../../kernel/scope.ts'
import { createSearching } from '../../kernel/searching.ts'
import { namedBy } from '../projects/index.ts'
import type { VideoDeps } from './videos.deps.ts'
import { readable } from './videos.policy.ts'
import { countVideos, listVideos } from './videos.queries.ts'

type Operations = Pick<Handlers<typeof videos>, 'list'>

/** Filtered, sorted, one page at a time. */
export function createVideoList({ database }: VideoDeps): Operations {
  const read = createSearching(database, 1)
  return {
    list: ({ person }, { page, page_size, cursor, sort, ...filters }) => {
      const where = join([readable(person), ...matching(filters, person)], ' and ')
      return read(person.id, filters.search, db =>
        pageOf(
          { page, page_size, cursor },
          [sort, filters],
          orderFor(columns, sort),
          ({ after, window }) => listVideos(db, sql`${where} and ${after}`, window),
          () => countVideos(db, where),
        ),
      )
    },
  }
}

/** What passes every filter, of what the person may see. */
export const matching = (filters: VideoFilters, person: Scope['person']): Sql[] => [
  ...oneOf(sql`provider`, 'text', filters.provider),
  ...(filters.tag ? [sql`tags && ${filters.tag}::text[]`] : []),
  ...(filters.project ? [sql`project_id in (${namedBy(filters.project, person)})`] : []),
  ...oneOf(sql`visibility`, 'text', filters.visibility),
  ...oneOf(sql`created_by`, 'bigint', filters.created_by),
  ...within(sql`created_at`, filters.created_at_start, filters.created_at_end),
  ...within(sql`updated_at`, filters.updated_at_start, filters.updated_at_end),
  ...found(sql`search`, filters.search),
]

const columns: Record<VideoSortKey, Sortable> = {
  created_at: { column: sql`created_at`, type: 'timestamptz' },
  updated_at: { column: sql`updated_at`, type: 'timestamptz' },
  title: { column: sql`title`, type: 'text' },
  duration_seconds: { column: sql`duration_seconds`, type: 'int4', nullable: true },
}

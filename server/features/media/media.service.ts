import sql, { join, type Sql } from 'sql-template-tag'
import { isSearch, type media, type MediaFilters } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { notFound } from '../../kernel/errors.ts'
import { oneOf, within } from '../../kernel/filters.ts'
import { orderFor, pageOf, type Sortable } from '../../kernel/paging.ts'
import type { Scope } from '../../kernel/scope.ts'
import { createSearching } from '../../kernel/searching.ts'
import { namedBy } from '../projects/index.ts'
import type { MediaDeps } from './media.deps.ts'
import type { createDeletion } from './media.deletion.ts'
import { readable, readableOne } from './media.policy.ts'
import * as queries from './media.queries.ts'
import type { Removal } from './media.removal.ts'

interface Deps extends Pick<MediaDeps, 'database' | 'present'> {
  deleteFile: ReturnType<typeof createDeletion>
  removal: Removal
}

/** The metadata of files; uploads and downloads transfer the files themselves. */
export function createMediaService(deps: Deps): Handlers<typeof media> {
  const { database, present, deleteFile, removal } = deps
  const read = createSearching(database, 1)
  return {
    list: async ({ person }, { page, page_size, cursor, sort, ...filters }) => {
      const where = join([readable(person), ...matching(filters, person)], ' and ')
      const found = await read(person.id, filters.search, db =>
        pageOf(
          { page, page_size, cursor },
          [sort, filters],
          orderFor(columns, sort),
          ({ after, window }) => queries.listMedia(db, sql`${where} and ${after}`, window),
          () => queries.countMedia(db, where),
        ),
      )
      return { ...found, results: found.results.map(present) }
    },

    get: async ({ person }, { id }) => {
      const file = await queries.findMedia(database, id, readableOne(person))
      if (!file) throw notFound()
      return present(file)
    },

    delete: async (scope, { id }) => {
      const filename = await deleteFile(scope, id)
      // The release before kept no name for a repeated call.
      if (filename) await removal.removeSoon(filename)
    },
  }
}

const matching = (filters: MediaFilters, person: Scope['person']): Sql[] => [
  ...oneOf(sql`m.file_type`, 'text', filters.file_type),
  ...oneOf(sql`m.uploaded_by`, 'bigint', filters.user_id),
  ...oneOf(sql`m.task_id`, 'bigint', filters.task_id),
  ...(filters.project ? [sql`m.project_id in (${namedBy(filters.project, person)})`] : []),
  // Folded text has no punctuation, so it contains no special characters of LIKE.
  ...(isSearch(filters.search)
    ? [sql`fold_words(m.original_filename) like '%' || fold_words(${filters.search}) || '%'`]
    : []),
  ...within(sql`m.upload_date`, filters.upload_date_start, filters.upload_date_end),
]

const columns: Record<'upload_date' | 'file_size', Sortable> = {
  upload_date: { column: sql`upload_date`, type: 'timestamptz' },
  file_size: { column: sql`file_size`, type: 'int8' },
}

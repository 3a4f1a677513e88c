import sql, { join, type Sql } from 'sql-template-tag'
import type { media, MediaFilters } from '../../../contract/index.ts'
import { inProject, type Tx } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { RetryableError } from '../../kernel/database.ts'
import { notFound, versionConflict } from '../../kernel/errors.ts'
import { orderFor, pageOf, type Sortable } from '../../kernel/paging.ts'
import { isStale, type Scope } from '../../kernel/scope.ts'
import { holdProjects, namedBy } from '../projects/index.ts'
import type { MediaDeps } from './index.ts'
import { assertDelete, readable } from './media.policy.ts'
import { present } from './media.present.ts'
import * as queries from './media.queries.ts'
import type { Removal } from './media.removal.ts'

type Deps = Pick<MediaDeps, 'database' | 'command' | 'letGo'> & { removal: Removal }

/** What is known of files; they themselves go in and out by uploads and downloads. */
export const createMediaService = ({ database, command, letGo, removal }: Deps): Handlers<typeof media> => ({
  list: async ({ person }, { page, page_size, cursor, sort, ...filters }) => {
    const where = join([readable(person), ...matching(filters)], ' and ')
    const found = await pageOf(
      { page, page_size, cursor },
      [sort, filters],
      orderFor(columns, sort),
      ({ after, window }) => queries.listMedia(database, sql`${where} and ${after}`, window),
      () => queries.countMedia(database, where),
    )
    return { ...found, results: found.results.map(present) }
  },

  get: async ({ person }, { id }) => {
    const file = await queries.findMedia(database, id, readable(person))
    if (!file) throw notFound()
    return present(file)
  },

  delete: async (scope, { id }) => {
    const filename = await command(scope, async tx => {
      const { file, project } = await holdFile(tx, scope, id)
      assertDelete(scope.person, file, project)
      if (isStale(scope, file.version)) throw versionConflict(present(file))
      await letGo(tx, scope, id)
      // With the row goes, by a trigger, the word that its file has to be removed.
      await queries.deleteMedia(tx, id)
      const deleted = { media_id: id, version: file.version + 1, deleted_by: scope.person.id }
      tx.record('media_deleted', deleted, inProject(file.project_id))
      return file.filename
    })
    // The release before kept no name for a repeated call.
    if (filename) await removal.removeSoon(filename)
  },
})

/** The file and its project, locked in the order in which everybody locks them. */
async function holdFile(tx: Tx, scope: Scope, id: number) {
  const place = await queries.projectOfMedia(tx, id)
  if (!place) throw notFound()
  const projects = await holdProjects(tx, scope, sql`p.id = ${place.project_id}`)
  const file = await queries.lockMedia(tx, id)
  if (!file) throw notFound()
  if (file.project_id !== place.project_id) throw new RetryableError('a file moved with its task meanwhile')
  return { file, project: file.project_id === null ? null : projects.get(file.project_id)! }
}

function matching(filters: MediaFilters): Sql[] {
  const all: Sql[] = []
  const { file_type, user_id, task_id, project, upload_date_start, upload_date_end } = filters
  if (file_type) all.push(sql`m.file_type = any(${file_type})`)
  if (user_id) all.push(sql`m.uploaded_by = any(${user_id}::bigint[])`)
  if (task_id) all.push(sql`m.task_id = any(${task_id}::bigint[])`)
  if (project) all.push(sql`m.project_id in (${namedBy(project)})`)
  if (upload_date_start) all.push(sql`m.upload_date >= ${upload_date_start}::timestamptz`)
  if (upload_date_end) all.push(sql`m.upload_date <= ${upload_date_end}::timestamptz`)
  return all
}

const columns: Record<'upload_date' | 'file_size', Sortable> = {
  upload_date: { column: sql`upload_date`, type: 'timestamptz' },
  file_size: { column: sql`file_size`, type: 'int8' },
}

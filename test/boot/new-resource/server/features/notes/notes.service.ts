import sql, { join, type Sql } from 'sql-template-tag'
import type { Note, noteSortKeys, notes } from '../../../contract/index.ts'
import { type Command, createRecorder, inProject, type Tx } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Database } from '../../ports/database.ts'
import { assertCan } from '../../kernel/can.ts'
import { notFound, versionConflict } from '../../kernel/errors.ts'
import { orderFor, pageOf, type Sortable } from '../../kernel/paging.ts'
import { isStale, type Scope } from '../../kernel/scope.ts'
import { changeOwned, lockDestination, lockProjects, namedBy, projectAmong, seenIn } from '../projects/index.ts'
import * as queries from './notes.queries.ts'

const events = createRecorder<Note>({
  name: 'note',
  audienceOf: ({ project_id }) => inProject(project_id),
  longTexts: ['body'],
})

const readable = (person: Scope['person']): Sql => seenIn(person, sql`project_id`)

const columns: Record<(typeof noteSortKeys)[number], Sortable> = {
  created_at: { column: sql`created_at`, type: 'timestamptz' },
  title: { column: sql`title`, type: 'text' },
}

/** Notes, in projects and without. */
export const createNotes = (deps: { database: Database; command: Command }): Handlers<typeof notes> => ({
  list: ({ person }, { page, page_size, cursor, sort, project }) => {
    const inThese = project ? [sql`project_id in (${namedBy(project, person)})`] : []
    const where = join([readable(person), ...inThese], ' and ')
    return pageOf(
      { page, page_size, cursor },
      [sort, project],
      orderFor(columns, sort),
      ({ after, window }) => queries.listNotes(deps.database.reads, sql`${where} and ${after}`, window),
      () => queries.countNotes(deps.database.reads, where),
    )
  },

  create: (scope, { project: ref, title, body }) =>
    deps.command(scope, async tx => {
      const project = await lockDestination(tx, scope, ref)
      const row = { title, body, project_id: project?.id ?? null, created_by: scope.person.id }
      const note = await queries.insertNote(tx, row, tx.now)
      events.created(tx, scope, note)
      return note
    }),

  get: async ({ person }, { id }) => {
    const note = await queries.findNote(deps.database, id, readable(person))
    if (!note) throw notFound()
    return note
  },

  update: (scope, { id, title, body }) =>
    deps.command(scope, async tx => {
      const note = await lockedNote(tx, scope, id)
      const wanted = { ...note, title: title ?? note.title, body: body ?? note.body }
      const changed = (['title', 'body'] as const).filter(field => wanted[field] !== note[field])
      if (changed.length === 0) return note
      const row = await queries.updateNote(tx, wanted, tx.now)
      events.updated(tx, scope, note, row, changed)
      return row
    }),

  delete: (scope, { id }) =>
    deps.command(scope, async tx => {
      const note = await lockedNote(tx, scope, id)
      await queries.deleteNote(tx, id)
      events.deleted(tx, scope, note)
    }),
})

async function lockedNote(tx: Tx, scope: Scope, id: number): Promise<Note> {
  const projects = await lockProjects(tx, scope, sql`p.id = (select project_id from notes where id = ${id})`)
  const note = await queries.lockNote(tx, id, readable(scope.person))
  if (!note) throw notFound()
  assertCan(scope, changeOwned, { project: projectAmong(projects, note.project_id), ownerId: note.created_by })
  if (isStale(scope, note.version)) throw versionConflict(note)
  return note
}

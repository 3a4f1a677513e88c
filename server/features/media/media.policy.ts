import sql, { type Sql } from 'sql-template-tag'
import { type Action, type Person, refusalOf, rowsFor } from '../../kernel/can.ts'
import { forbidden, notFound } from '../../kernel/errors.ts'
import { archived, readableBy, readProject, seenIn, type SeenProject } from '../projects/index.ts'
import type { MediaRow } from './media.queries.ts'

interface Placed {
  file: MediaRow
  project: SeenProject | null
}

/** Everybody sees a file without a project. One that somebody may not see counts as not found. */
export const readMedia: Action<Pick<Placed, 'project'>> = {
  first: (caller, { project }) => project && refusalOf(caller, readProject, project),
  who: () => true,
  admins: 'anywhere',
  otherwise: notFound,
}

export const deleteMedia: Action<Placed> = {
  first: (caller, placed) => refusalOf(caller, readMedia, placed),
  who: ({ id }, { file, project }) => file.uploaded_by === id || project?.role === 'owner',
  admins: 'anywhere',
  otherwise: () => forbidden('Only its uploader, owners of the project and administrators may delete a file.'),
  state: ({ project }) => (project?.status === 'archived' ? archived() : null),
}

/** The files `m` that a person may see. */
export const readable = (person: Person): Sql =>
  rowsFor(person, readMedia, () => sql`(m.project_id is null or m.project_id in (${readableBy(person)}))`)

/** The same for the lookup of one file. It takes the same time for a hidden file and for one that does not exist. */
export const readableOne = (person: Person): Sql => rowsFor(person, readMedia, () => seenIn(person, sql`m.project_id`))

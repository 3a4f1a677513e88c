import sql, { type Sql } from 'sql-template-tag'
import { forbidden, notFound } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { archived, mayRead, readableBy, seenIn, type SeenProject } from '../projects/index.ts'
import type { MediaRow } from './media.queries.ts'

type Person = Pick<Scope['person'], 'id' | 'role'>

/** The files `m` that a person may see: those without a project everybody. */
export const readable = (person: Person): Sql =>
  person.role === 'admin' ? sql`true` : sql`(m.project_id is null or m.project_id in (${readableBy(person)}))`

/** The same for a look-up of one, which takes the same time for one that is hidden and one that is not there. */
export const readableOne = (person: Person): Sql => seenIn(person, sql`m.project_id`)

/** @throws AppError `not_found` when unseen, `forbidden`, `conflict` */
export function assertDelete(person: Person, file: MediaRow, project: SeenProject | null): void {
  if (project && !mayRead(person, project)) throw notFound()
  const may = person.role === 'admin' || file.uploaded_by === person.id || project?.role === 'owner'
  if (!may) throw forbidden('Only its uploader, owners of the project and administrators may delete a file.')
  if (project?.status === 'archived') throw archived()
}

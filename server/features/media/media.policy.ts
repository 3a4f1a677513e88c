import sql, { type Sql } from 'sql-template-tag'
import { forbidden, notFound } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { archived, mayRead, readableBy, seenIn, type SeenProject } from '../projects/index.ts'
import type { MediaRow } from './media.queries.ts'

type Person = Pick<Scope['person'], 'id' | 'role'>

/** The files `m` that a person may see; everybody sees those without a project. */
export const readable = (person: Person): Sql =>
  person.role === 'admin' ? sql`true` : sql`(m.project_id is null or m.project_id in (${readableBy(person)}))`

/** The same for the lookup of one file. It takes the same time for a hidden file and for one that does not exist. */
export const readableOne = (person: Person): Sql => seenIn(person, sql`m.project_id`)

/** @throws AppError `not_found` when the caller may not see it, `forbidden`, `conflict` */
export function assertDelete(person: Person, file: MediaRow, project: SeenProject | null): void {
  if (project && !mayRead(person, project)) throw notFound()
  const may = person.role === 'admin' || file.uploaded_by === person.id || project?.role === 'owner'
  if (!may) throw forbidden('Only its uploader, owners of the project and administrators may delete a file.')
  if (project?.status === 'archived') throw archived()
}

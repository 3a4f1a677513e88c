import sql, { type Sql } from 'sql-template-tag'
import type { ProjectRole } from '../../../contract/index.ts'
import { type Action, isForAll, type Person, refusalOf, rowsFor } from '../../kernel/can.ts'
import { conflict, forbidden, notFound } from '../../kernel/errors.ts'
import type { Row } from '../../ports/table.ts'
import type { projectsTable } from './projects.table.ts'

/** A project with the role of the asking person in it. */
export interface SeenProject extends Row<typeof projectsTable> {
  role: ProjectRole | null
}

/** A project that somebody may not see counts as not found. */
export const readProject: Action<SeenProject> = {
  who: (_, { role, visibility }) => role !== null || visibility === 'internal',
  admins: 'anywhere',
  otherwise: notFound,
}

/** To change what is in it. */
export const editProject: Action<SeenProject> = {
  first: (caller, project) => refusalOf(caller, readProject, project),
  who: (_, { role }) => role === 'owner' || role === 'editor',
  admins: 'anywhere',
  otherwise: () => forbidden('Only editors and owners of the project may do this.'),
  state: ({ status }) => (status === 'archived' ? archived() : null),
}

/** To change the project and its members. */
export const manageProject: Action<SeenProject> = {
  first: (caller, project) => refusalOf(caller, readProject, project),
  who: (_, { role }) => role === 'owner',
  admins: 'anywhere',
  otherwise: () => forbidden('Only an owner of the project may do this.'),
}

/** To change what is in a project, or in none: there everybody may who sees it. */
export const editIn: Action<SeenProject | null> = {
  first: (caller, project) => project && refusalOf(caller, editProject, project),
  who: () => true,
}

/** To change something that the caller sees: in a project its editors may, without one its author and administrators. */
export const changeOwned: Action<{ project: SeenProject | null; ownerId: number }> = {
  first: (caller, { project }) => project && refusalOf(caller, editProject, project),
  who: ({ id }, { project, ownerId }) => project !== null || id === ownerId,
  admins: 'anywhere',
  otherwise: () => forbidden('Only its author and administrators may do this.'),
}

export const archived = () => conflict('The project is archived, so it can only be read.')

/**
 * Whether a person may read the project `p`; for questions about one thing. It takes the same few index lookups
 * whatever the answer is. `readableBy` collects all projects, and its duration would reveal that a hidden thing exists.
 */
export const seenBy = (person: Person): Sql =>
  rowsFor(
    person,
    readProject,
    () => sql`(p.visibility = 'internal' or exists (
        select from project_members m where m.project_id = p.id and m.user_id = ${person.id}))`,
  )

/**
 * Whether a person may read the project whose id is the value of an expression; null means no project, which everybody
 * reads. Like `seenBy`.
 */
export const seenIn = (person: Person, projectId: Sql): Sql =>
  rowsFor(
    person,
    readProject,
    () =>
      sql`(${projectId} is null or exists (select from projects p where p.id = ${projectId} and ${seenBy(person)}))`,
  )

/** The projects that a person may read, as a subquery of their ids. */
export const readableBy = (person: Person): Sql =>
  isForAll(person, readProject)
    ? sql`select id from projects`
    : sql`select id from projects where visibility = 'internal'
          union select project_id from project_members where user_id = ${person.id}`

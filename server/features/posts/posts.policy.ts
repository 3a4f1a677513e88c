import sql, { type Sql } from 'sql-template-tag'
import type { Post } from '../../../contract/index.ts'
import { type Audience, authorIn, inProject } from '../../events/index.ts'
import { type Action, type Person, refusalOf, rowsFor } from '../../kernel/can.ts'
import { notFound } from '../../kernel/errors.ts'
import { readableBy, readProject, seenIn, type SeenProject } from '../projects/index.ts'

/** A post that somebody may not see counts as not found. */
export const readPost: Action<{ post: Post; project: SeenProject | null }> = {
  first: (caller, { project }) => project && refusalOf(caller, readProject, project),
  who: ({ id }, { post }) => post.status === 'published' || post.author_id === id,
  admins: 'anywhere',
  otherwise: notFound,
}

/** The posts that a person may see: published ones, and their own drafts, in projects that they read. */
export const readable = (person: Person): Sql =>
  rowsFor(
    person,
    readPost,
    () => sql`((project_id is null or project_id in (${readableBy(person)}))
        and (status = 'published' or author_id = ${person.id}))`,
  )

/** The same for the lookup of one post. It takes the same time for a hidden post and for one that does not exist. */
export const readableOne = (person: Person): Sql =>
  rowsFor(
    person,
    readPost,
    () => sql`(${seenIn(person, sql`project_id`)} and (status = 'published' or author_id = ${person.id}))`,
  )

/** The posts that are visible to everybody who would see a post of this project after its publication. */
export const readableWith = (projectId: number | null): Sql =>
  sql`status = 'published' and (project_id is null or project_id is not distinct from ${projectId}::bigint
    or exists (select from projects p where p.id = project_id and p.visibility = 'internal'))`

/** Who may read events about a post. */
export const audienceOf = ({ status, project_id, author_id }: Post): Audience =>
  status === 'draft' ? authorIn(project_id, author_id) : inProject(project_id)

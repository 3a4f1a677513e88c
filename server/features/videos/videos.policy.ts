import sql, { type Sql } from 'sql-template-tag'
import type { Video } from '../../../contract/index.ts'
import { type Audience, authorIn, inProject } from '../../events/index.ts'
import { type Action, type Person, refusalOf, rowsFor } from '../../kernel/can.ts'
import { notFound } from '../../kernel/errors.ts'
import { readableBy, readProject, seenIn, type SeenProject } from '../projects/index.ts'

/** A video that somebody may not see counts as not found. */
export const readVideo: Action<{ video: Video; project: SeenProject | null }> = {
  first: (caller, { project }) => project && refusalOf(caller, readProject, project),
  who: ({ id }, { video }) => video.visibility === 'internal' || video.created_by === id,
  admins: 'anywhere',
  otherwise: notFound,
}

/** The videos that a person may see: those in projects that they read, private ones only if they are their own. */
export const readable = (person: Person): Sql =>
  rowsFor(
    person,
    readVideo,
    () => sql`((project_id is null or project_id in (${readableBy(person)}))
        and (visibility = 'internal' or created_by = ${person.id}))`,
  )

/** The same for the lookup of one video. It takes the same time for a hidden video and for one that does not exist. */
export const readableOne = (person: Person): Sql =>
  rowsFor(
    person,
    readVideo,
    () => sql`(${seenIn(person, sql`project_id`)} and (visibility = 'internal' or created_by = ${person.id}))`,
  )

/** Who may read events about a video. */
export const audienceOf = ({ visibility, project_id, created_by }: Video): Audience =>
  visibility === 'private' ? authorIn(project_id, created_by) : inProject(project_id)

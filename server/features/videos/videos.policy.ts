import sql, { type Sql } from 'sql-template-tag'
import type { Video } from '../../../contract/index.ts'
import { type Audience, authorIn, inProject } from '../../events/index.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { mayRead, readableBy, seenIn, type SeenProject } from '../projects/index.ts'

type Person = Pick<Scope['person'], 'id' | 'role'>

/** The videos that a person may see: those in projects that they read, private ones only if they are their own. */
export const readable = (person: Person): Sql =>
  person.role === 'admin'
    ? sql`true`
    : sql`((project_id is null or project_id in (${readableBy(person)}))
        and (visibility = 'internal' or created_by = ${person.id}))`

/** The same for the lookup of one video. It takes the same time for a hidden video and for one that does not exist. */
export const readableOne = (person: Person): Sql =>
  person.role === 'admin'
    ? sql`true`
    : sql`(${seenIn(person, sql`project_id`)} and (visibility = 'internal' or created_by = ${person.id}))`

/**
 * The same for a loaded video. @throws AppError `not_found`: a video that the caller may not see counts as not found
 */
export function assertRead(person: Person, video: Video | undefined, project: SeenProject | null): Video {
  const isShown =
    video && (video.visibility === 'internal' || video.created_by === person.id || person.role === 'admin')
  if (!isShown || (project && !mayRead(person, project))) throw notFound()
  return video
}

/** Who may read events about a video. */
export const audienceOf = ({ visibility, project_id, created_by }: Video): Audience =>
  visibility === 'private' ? authorIn(project_id, created_by) : inProject(project_id)

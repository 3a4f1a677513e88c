import sql, { type Sql } from 'sql-template-tag'
import type { Video } from '../../../contract/index.ts'
import { type Audience, authorIn, inProject } from '../../events/index.ts'
import { notFound } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { mayRead, readableBy, seenIn, type SeenProject } from '../projects/index.ts'

type Person = Pick<Scope['person'], 'id' | 'role'>

/** The videos that a person may see: in projects that they read, private ones only if they are theirs. */
export const readable = (person: Person): Sql =>
  person.role === 'admin'
    ? sql`true`
    : sql`((project_id is null or project_id in (${readableBy(person)}))
        and (visibility = 'internal' or created_by = ${person.id}))`

/** The same for a look-up of one, which takes the same time for one that is hidden and one that is not there. */
export const readableOne = (person: Person): Sql =>
  person.role === 'admin'
    ? sql`true`
    : sql`(${seenIn(person, sql`project_id`)} and (visibility = 'internal' or created_by = ${person.id}))`

/** The same of a video that is at hand. @throws AppError `not_found`: an unseen video is as none */
export function assertRead(person: Person, video: Video | undefined, project: SeenProject | null): Video {
  const isShown =
    video && (video.visibility === 'internal' || video.created_by === person.id || person.role === 'admin')
  if (!isShown || (project && !mayRead(person, project))) throw notFound()
  return video
}

/** Who may read what is told of a video. */
export const audienceOf = ({ visibility, project_id, created_by }: Video): Audience =>
  visibility === 'private' ? authorIn(project_id, created_by) : inProject(project_id)

import type { Comment } from '../../../contract/index.ts'
import { forbidden } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { archived, type SeenProject } from '../projects/index.ts'

type Person = Pick<Scope['person'], 'id' | 'role'>

/**
 * Whether a person may comment on a task that they see: in a project all members may, including viewers; on a task
 * without a project everybody may.
 *
 * @throws AppError `forbidden`, `conflict` when the project is archived
 */
export function assertComment(person: Person, project: SeenProject | null): void {
  if (!project) return
  if (project.role === null && person.role !== 'admin') throw forbidden('Only members of the project may comment.')
  if (project.status === 'archived') throw archived()
}

/**
 * Authors change their own comments; owners of the project and administrators change those of others. @throws AppError
 * `forbidden`
 */
export function assertChange(person: Person, comment: Pick<Comment, 'author_id'>, project: SeenProject | null): void {
  const isModerator = person.role === 'admin' || project?.role === 'owner'
  if (comment.author_id !== person.id && !isModerator)
    throw forbidden('Only its author, owners of the project and administrators may change a comment.')
}

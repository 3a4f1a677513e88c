import type { Comment } from '../../../contract/index.ts'
import { forbidden } from '../../kernel/errors.ts'
import type { Scope } from '../../kernel/scope.ts'
import { archived, type SeenProject } from '../projects/index.ts'

type Person = Pick<Scope['person'], 'id' | 'role'>

/**
 * On a task that the person sees: in a project all its members comment, viewers too; on a task without one everybody.
 *
 * @throws AppError `forbidden`, `conflict` when the project is archived
 */
export function assertComment(person: Person, project: SeenProject | null): void {
  if (!project) return
  if (project.role === null && person.role !== 'admin') throw forbidden('Only members of the project may comment.')
  if (project.status === 'archived') throw archived()
}

/** Authors change their comments; owners of the project and administrators change those of others. @throws AppError `forbidden` */
export function assertChange(person: Person, comment: Pick<Comment, 'author_id'>, project: SeenProject | null): void {
  const isModerator = person.role === 'admin' || project?.role === 'owner'
  if (comment.author_id !== person.id && !isModerator)
    throw forbidden('Only its author, owners of the project and administrators may change a comment.')
}

import type { Comment } from '../../../contract/index.ts'
import type { Action } from '../../kernel/can.ts'
import { forbidden } from '../../kernel/errors.ts'
import { archived, type SeenProject } from '../projects/index.ts'

/**
 * To comment on a task that the caller sees: in a project all members may, including viewers; on a task without a project
 * everybody may.
 */
export const writeComment: Action<SeenProject | null> = {
  who: (_, project) => project === null || project.role !== null,
  admins: 'anywhere',
  otherwise: () => forbidden('Only members of the project may comment.'),
  state: project => (project?.status === 'archived' ? archived() : null),
}

/** Authors change their own comments; owners of the project and administrators change those of others. */
export const changeComment: Action<{ comment: Pick<Comment, 'author_id'>; project: SeenProject | null }> = {
  who: ({ id }, { comment, project }) => comment.author_id === id || project?.role === 'owner',
  admins: 'anywhere',
  otherwise: () => forbidden('Only its author, owners of the project and administrators may change a comment.'),
}

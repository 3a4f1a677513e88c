import type { Comment, Project, User } from '../../../sdk/index.ts'

interface Place {
  me: User
  /** Of the task; undefined = none, or one that the page does not know, and the server decides. */
  project: Project | undefined
}

/** Why somebody may not write here, as a sentence; null when they may. */
export function whyNoComment({ me, project }: Place): string | null {
  if (!project) return null
  if (project.status === 'archived') return 'This project is archived: what was said stays, and nothing is added.'
  if (project.role === null && me.role !== 'admin') {
    return 'Only members of the project may comment. Its owner can make you one, as a viewer at least.'
  }
  return null
}

export const mayChangeComment = (place: Place, comment: Comment): boolean =>
  whyNoComment(place) === null &&
  (comment.author_id === place.me.id || place.me.role === 'admin' || place.project?.role === 'owner')

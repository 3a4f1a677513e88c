import type { Project, User } from '../../../sdk/index.ts'
import { mayEdit } from './project-list.ts'

/**
 * As the server has it: in a project its editors change what is in it, elsewhere whose it is. `project`: undefined =
 * one that the page does not know, and then nothing is offered.
 */
export function mayChange(
  { owner, projectId }: { owner: number; projectId: number | null },
  me: User,
  project: Project | undefined,
): boolean {
  const isAdmin = me.role === 'admin'
  if (projectId === null) return isAdmin || owner === me.id
  return project !== undefined && mayEdit(project, isAdmin)
}

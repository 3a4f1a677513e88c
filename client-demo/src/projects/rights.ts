import { useEffect } from 'react'
import type { Project, User } from '../../../sdk/index.ts'
import { usePage } from '../page.tsx'
import { useStore } from '../store.ts'
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

/**
 * The same for a task: in a project its editors, elsewhere everybody. undefined = its project is not known yet, and is asked
 * for.
 */
export function useMayChangeTask(projectId: number | null): boolean | undefined {
  const { projects, me } = usePage()
  const project = useStore(projects.store, all => (projectId === null ? undefined : all.get(projectId)))
  const isUnknown = projectId !== null && project === undefined
  useEffect(() => {
    if (isUnknown) projects.want(projectId)
  }, [projects, isUnknown, projectId])
  if (projectId === null) return true
  return project && mayEdit(project, me.role === 'admin')
}

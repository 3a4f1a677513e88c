import { useEffect } from 'react'
import type { Project, User } from '../../../sdk/index.ts'
import { usePage } from '../lib/use-page.ts'
import { useStore } from '../lib/store.ts'
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

/** A project that something lies in; undefined = none, or one that is not known yet, and then it is asked for. */
function useProjectOf(projectId: number | null): Project | undefined {
  const { projects } = usePage()
  const project = useStore(projects.store, all => (projectId === null ? undefined : all.get(projectId)))
  const isUnknown = projectId !== null && project === undefined
  useEffect(() => {
    if (isUnknown) projects.want(projectId)
  }, [projects, isUnknown, projectId])
  return project
}

/** Whether a task may be changed: in a project by its editors, elsewhere by everybody. undefined = not known yet. */
export function useMayChangeTask(projectId: number | null): boolean | undefined {
  const { me } = usePage()
  const project = useProjectOf(projectId)
  return projectId === null ? true : project && mayEdit(project, me.role === 'admin')
}

/** Whether something that one has open is no longer one's own to change. */
export function useIsLocked(place: { owner: number; projectId: number | null } | undefined): boolean {
  const { me } = usePage()
  const project = useProjectOf(place?.projectId ?? null)
  if (!place || (place.projectId !== null && !project)) return false
  return !mayChange(place, me, project)
}

import type { MediaFile, Project, User } from '../../../sdk/index.ts'

/** As the server has it; `project`: of the file, undefined = none, or one that the page does not know. */
export function mayDeleteFile(file: MediaFile, me: User, project: Project | undefined): boolean {
  if (project?.status === 'archived') return false
  return me.role === 'admin' || file.uploaded_by === me.id || project?.role === 'owner'
}

import type { projects } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { createMemberService } from './members.service.ts'
import { createProjectLists } from './projects.list.ts'
import { createProjectService } from './projects.service.ts'
import type { ProjectDeps } from './projects.deps.ts'

export { lockDestination, lockProject, lockProjects, projectAmong, readersAmong } from './access.ts'
export {
  archived,
  changeOwned,
  editIn,
  editProject,
  readableBy,
  readProject,
  seenIn,
  type SeenProject,
} from './projects.policy.ts'
export { projectExport } from './projects.export.ts'
export { leaveNextProject } from './projects.erasing.ts'
export { projectsPersonal } from './projects.personal.ts'
export { findProject, isNamed, matchesRef, namedBy, readableIds, readableIdsOf } from './projects.queries.ts'
export { slugFrom, variants } from './slug.ts'
export { claimSlug, lockSlug, onlyOne, retryTakenSlug, shownSlug, slugTaken, storedSlug } from './stored-slug.ts'

/** Projects and their members. */
export const createProjects = (deps: ProjectDeps): Handlers<typeof projects> => ({
  ...createProjectService(deps),
  ...createMemberService(deps),
  ...createProjectLists(deps),
})

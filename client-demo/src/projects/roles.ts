import type { ProjectRole } from '../../../sdk/index.ts'

export const roleNames: Record<ProjectRole, string> = { owner: 'Owner', editor: 'Editor', viewer: 'Viewer' }

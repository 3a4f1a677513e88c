import type { ProjectRole } from '../../../contract/index.ts'
import type { Tx } from '../../events/index.ts'
import type { Scope } from '../../kernel/scope.ts'
import { audit } from '../audit/index.ts'

/** Audits a change of somebody's role in a project: null for none. `by` is null for what follows from an erasure. */
export const auditMember = (
  tx: Tx,
  by: Scope | null,
  projectId: number,
  userId: number,
  { from, to }: { from: ProjectRole | null; to: ProjectRole | null },
): Promise<void> =>
  audit(tx, by, {
    action: from === null ? 'member.added' : to === null ? 'member.removed' : 'member.updated',
    resource: 'project',
    resourceId: projectId,
    details: { user_id: userId, role: { from, to } },
  })

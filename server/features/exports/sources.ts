import type { ExportDataType } from '../../../contract/index.ts'
import { accountExport } from '../accounts/index.ts'
import { auditExport } from '../audit/index.ts'
import { analyticsExport } from '../dashboard/index.ts'
import { projectExport } from '../projects/index.ts'
import { taskExport } from '../tasks/index.ts'
import { videoExport } from '../videos/index.ts'
import { tableKind } from './table-kind.ts'

/** What features offer for export. */
export const tableKinds = {
  tasks: tableKind(taskExport),
  projects: tableKind(projectExport),
  users: tableKind(accountExport),
  videos: tableKind(videoExport),
  analytics: tableKind(analyticsExport),
  audit: tableKind(auditExport),
} satisfies Record<ExportDataType | 'audit', unknown>

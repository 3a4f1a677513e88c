import { limits, type TaskImportResult } from '../../../contract/index.ts'
import type { Remarks } from './remarks.ts'

type Said = Pick<Remarks, 'count' | 'first'>

export const emptyReport = (of: Pick<TaskImportResult, 'format' | 'dry_run'>): TaskImportResult => ({
  ...of,
  created: 0,
  error_count: 0,
  errors: [],
  warning_count: 0,
  warnings: [],
})

/** What a batch of rows adds; all are counted, and the first ones stand there. */
export const addToReport = (
  report: TaskImportResult,
  { created, errors, warnings }: { created: number; errors: Said; warnings: Said },
): TaskImportResult => ({
  ...report,
  created: report.created + created,
  error_count: report.error_count + errors.count,
  errors: [...report.errors, ...errors.first.slice(0, limits.importRemarks - report.errors.length)],
  warning_count: report.warning_count + warnings.count,
  warnings: [...report.warnings, ...warnings.first.slice(0, limits.importRemarks - report.warnings.length)],
})

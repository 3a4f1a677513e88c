import { limits, type Remark, type TaskImportResult } from '../../../contract/index.ts'

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
  { created, errors, warnings }: { created: number; errors: readonly Remark[]; warnings: readonly Remark[] },
): TaskImportResult => ({
  ...report,
  created: report.created + created,
  error_count: report.error_count + errors.length,
  errors: [...report.errors, ...errors.slice(0, limits.importRemarks - report.errors.length)],
  warning_count: report.warning_count + warnings.length,
  warnings: [...report.warnings, ...warnings.slice(0, limits.importRemarks - report.warnings.length)],
})

import { limits, type Remark, type TaskImportResult } from '../../../contract/index.ts'
import { addLosses, type Losses } from './losses.ts'
import { type Remarks, together } from './remarks.ts'

type Said = Pick<Remarks, 'count' | 'first'>

export const emptyReport = (of: Pick<TaskImportResult, 'format' | 'dry_run'>): TaskImportResult => ({
  ...of,
  created: 0,
  error_count: 0,
  errors: [],
  warning_count: 0,
  warnings: [],
  left_out: [],
})

/** Otherwise a file whose rows end in no way that is known makes no task, and nobody knows why. */
export const noRowsRemark: Remark = { line: 1, field: 'file', message: 'it has no rows, so there is nothing to import' }

/** What a batch of rows adds; all are counted, and the first ones stand there. */
export function addToReport(
  report: TaskImportResult,
  { created, errors, warnings: given, leftOut }: { created: number; errors: Said; warnings: Said; leftOut: Losses },
): TaskImportResult {
  // Of an import that an earlier release began.
  const { sum, remarks, told } = addLosses(report.left_out ?? [], leftOut)
  const warnings = together(given, { count: told, first: remarks })
  return {
    ...report,
    created: report.created + created,
    error_count: report.error_count + errors.count,
    errors: [...report.errors, ...errors.first.slice(0, limits.importRemarks - report.errors.length)],
    warning_count: report.warning_count + warnings.count,
    warnings: [...report.warnings, ...warnings.first.slice(0, limits.importRemarks - report.warnings.length)],
    left_out: sum,
  }
}

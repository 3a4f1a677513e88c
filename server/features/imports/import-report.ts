import { limits, type TaskImportResult } from '../../../contract/index.ts'
import { addLosses, type Losses } from './losses.ts'
import { type Remarks, together } from './remarks.ts'

type RowRemarks = Pick<Remarks, 'count' | 'first'>

export const emptyReport = (of: Pick<TaskImportResult, 'format' | 'dry_run'>): TaskImportResult => ({
  ...of,
  created: 0,
  error_count: 0,
  errors: [],
  warning_count: 0,
  warnings: [],
  left_out: [],
})

/** The part of the report for a batch of rows. All remarks are counted, and the first ones are listed. */
export function addToReport(
  report: TaskImportResult,
  {
    created,
    errors,
    warnings: given,
    leftOut,
  }: { created: number; errors: RowRemarks; warnings: RowRemarks; leftOut: Losses },
): TaskImportResult {
  // The report of an import that an earlier release began has no `left_out`.
  const { sum, remarks, reported } = addLosses(report.left_out ?? [], leftOut)
  const warnings = together(given, { count: reported, first: remarks })
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

import { TaskDraft } from '../../../contract/index.ts'
import { issueMessage } from '../../kernel/issue-message.ts'
import { fitting } from './fitting.ts'
import type { Format, Named } from './formats/index.ts'
import { createLosses, type Losses } from './losses.ts'
import { createRemarks, type Remarks } from './remarks.ts'
import type { Row } from './reading/row.ts'

/** A row that becomes a task. */
export interface Understood {
  line: number
  draft: TaskDraft
  assignees: readonly Named[]
}

export interface Batch {
  /** The number of rows, including those that are not tasks. */
  rows: number
  tasks: Understood[]
  failed: number
  errors: Remarks
  warnings: Remarks
  leftOut: Losses
}

/** The number of people per row that are looked up. */
const mostPeople = 20
const tooManyPeople = `only the first ${mostPeople} were looked for`

/** In files a date without a time is enough. */
const worded = (field: string, message: string) =>
  field === 'due_date' && message.includes('RFC 3339')
    ? 'must be a day such as 2026-01-31, or a time with a zone such as 2026-01-31T09:00:00Z'
    : message

/** Checks rows like the API. An invalid row is reported, and the others are not affected. */
export function understand(rows: readonly Row[], format: Format, prepared: unknown): Batch {
  const batch: Batch = {
    rows: rows.length,
    tasks: [],
    failed: 0,
    errors: createRemarks(),
    warnings: createRemarks(),
    leftOut: createLosses(),
  }
  for (const row of rows) {
    const { line } = row
    if ('passed' in row) {
      batch.warnings.add(line, 'row', row.passed)
      continue
    }
    if ('fault' in row) {
      batch.failed++
      batch.errors.add(line, row.fault.field, row.fault.message)
      continue
    }
    const content = format.read(row.value, prepared as never)
    if (!content) {
      batch.warnings.add(line, 'row', 'is not a task, and was skipped')
      continue
    }
    const { assignees, leftOut, warnings: read, isForeign, ...given } = content
    const { fields, warnings: shortened } = isForeign ? fitting(given) : { fields: given, warnings: [] }
    const parsed = TaskDraft.safeParse(fields, { reportInput: true, error: issueMessage })
    if (parsed.success) {
      batch.tasks.push({ line, draft: parsed.data, assignees: assignees.slice(0, mostPeople) })
      if (assignees.length > mostPeople) batch.warnings.add(line, 'assignee', tooManyPeople)
      for (const { field, message } of [...read, ...shortened]) batch.warnings.add(line, field, message)
      for (const lost of leftOut) batch.leftOut.add(line, lost)
    } else {
      batch.failed++
      // Only the first fault of each field, because the others mostly follow from it.
      for (const [field, [issue]] of Map.groupBy(parsed.error.issues, ({ path }) => path.join('.') || 'row'))
        batch.errors.add(line, field, issue!.input === undefined ? 'is required' : worded(field, issue!.message))
    }
  }
  return batch
}

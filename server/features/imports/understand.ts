import { type Remark, TaskDraft } from '../../../contract/index.ts'
import type { Format } from './formats/index.ts'
import type { Row } from './reading/row.ts'

/** A row that makes a task. */
export interface Understood {
  line: number
  draft: TaskDraft
  assignee: string | null
}

export interface Batch {
  /** All of it, those that are no tasks included. */
  rows: number
  tasks: Understood[]
  failed: number
  errors: Remark[]
  warnings: Remark[]
}

/** Nobody reads more of a message, and a file must not fill the report with its own text. */
const longest = 200
const remark = (line: number, field: string, message: string): Remark => ({
  line,
  field: field.slice(0, longest).toWellFormed().replaceAll('\0', ''),
  message: message.slice(0, longest),
})

/** Checks rows as the API would; one that is off is reported, and the others are not concerned. */
export function understand(rows: readonly Row[], format: Format, prepared: unknown): Batch {
  const batch: Batch = { rows: rows.length, tasks: [], failed: 0, errors: [], warnings: [] }
  for (const row of rows) {
    const { line } = row
    if ('fault' in row) {
      batch.failed++
      batch.errors.push(remark(line, row.fault.field, row.fault.message))
      continue
    }
    const said = format.read(row.value, prepared as never)
    if (!said) {
      batch.warnings.push(remark(line, 'row', 'is no task, and was passed over'))
      continue
    }
    const { assignee, leftOut = [], ...fields } = said
    const parsed = TaskDraft.safeParse(fields, { reportInput: true })
    if (parsed.success) {
      batch.tasks.push({ line, draft: parsed.data, assignee })
      for (const { field, message } of leftOut) batch.warnings.push(remark(line, field, message))
    } else {
      batch.failed++
      // The first fault of each field: the others mostly follow from it.
      for (const [field, [issue]] of Map.groupBy(parsed.error.issues, ({ path }) => path.join('.') || 'row'))
        batch.errors.push(remark(line, field, issue!.input === undefined ? 'is required' : issue!.message))
    }
  }
  return batch
}

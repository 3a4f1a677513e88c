import { TaskDraft } from '../../../contract/index.ts'
import type { Format } from './formats/index.ts'
import { createRemarks, type Remarks } from './remarks.ts'
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
  errors: Remarks
  warnings: Remarks
}

/** Checks rows as the API would; one that is off is reported, and the others are not concerned. */
export function understand(rows: readonly Row[], format: Format, prepared: unknown): Batch {
  const batch: Batch = { rows: rows.length, tasks: [], failed: 0, errors: createRemarks(), warnings: createRemarks() }
  for (const row of rows) {
    const { line } = row
    if ('fault' in row) {
      batch.failed++
      batch.errors.add(line, row.fault.field, row.fault.message)
      continue
    }
    const said = format.read(row.value, prepared as never)
    if (!said) {
      batch.warnings.add(line, 'row', 'is no task, and was passed over')
      continue
    }
    const { assignee, leftOut = [], ...fields } = said
    const parsed = TaskDraft.safeParse(fields, { reportInput: true })
    if (parsed.success) {
      batch.tasks.push({ line, draft: parsed.data, assignee })
      for (const field of leftOut) batch.warnings.add(line, field, 'tasks do not have it')
    } else {
      batch.failed++
      // The first fault of each field: the others mostly follow from it.
      for (const [field, [issue]] of Map.groupBy(parsed.error.issues, ({ path }) => path.join('.') || 'row'))
        batch.errors.add(line, field, issue!.input === undefined ? 'is required' : issue!.message)
    }
  }
  return batch
}

import { z } from 'zod'
import { defineOperations } from './define.ts'
import { Job } from './jobs.ts'
import { flagInUrl } from './primitives.ts'
import { projectRef } from './projects.ts'

/** The formats of files of tasks: plain ones with our own field names, and exports of other boards. */
export const importFormats = ['csv', 'json', 'ndjson', 'trello', 'github', 'jira'] as const
export const ImportFormat = z.enum(importFormats)
export type ImportFormat = z.output<typeof ImportFormat>

const remarks = z.array(z.object({ line: z.int(), field: z.string(), message: z.string() }))

const losses = z.array(
  z.object({
    kind: z.string().describe('A column or field, or a common name for it: labels, checklists, comments …'),
    count: z.int().describe('The number of them'),
    tasks: z.int().describe('The number of tasks with them'),
  }),
)

/** The `result` of a job of the type `import_tasks`. */
export const TaskImportResult = z
  .object({
    format: ImportFormat,
    dry_run: z.boolean(),
    created: z.int().describe('Created tasks; with dry_run, those that would be created'),
    error_count: z.int(),
    errors: remarks.describe('Why rows were left out, the first 1,000'),
    warning_count: z.int(),
    warnings: remarks.describe(
      'What was left out of created tasks, or read in a way that may be wrong: the first 1,000; for each kind of data that tasks cannot hold, the first 5',
    ),
    left_out: losses.describe(
      'What the file has and tasks cannot hold, by kind; kinds beyond the first 100 are counted together',
    ),
  })
  .meta({ id: 'TaskImportResult' })
export type TaskImportResult = z.output<typeof TaskImportResult>
export type LeftOut = z.output<typeof losses>[number]
export type Remark = z.output<typeof remarks>[number]

/** Separate from the operations, because the input is a file (as multipart/form-data, field `file`). */
export const importTransfers = defineOperations({
  tasks: {
    summary: 'Create tasks from the rows of a file: CSV, JSON, NDJSON, or an export of Trello, GitHub or Jira',
    access: 'user',
    key: 'tasks:write',
    method: 'post',
    path: '/import/tasks',
    cost: 10,
    body: z.strictObject({
      project: projectRef.optional(),
      dry_run: flagInUrl.default(false),
      format: ImportFormat.optional(),
    }),
    output: Job,
    status: 202,
    envelope: 'The import has begun',
    form: { files: 1 },
    errors: ['forbidden', 'payload_too_large'],
  },
})

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
    kind: z.string().describe('A column or field, or what people call it: labels, checklists, comments …'),
    count: z.int().describe('How many there were'),
    tasks: z.int().describe('In how many tasks'),
  }),
)

/** The `result` of a job of the type `import_tasks`. */
export const TaskImportResult = z
  .object({
    format: ImportFormat,
    dry_run: z.boolean(),
    created: z.int().describe('Tasks; with dry_run, those that would be'),
    error_count: z.int(),
    errors: remarks.describe('Why rows were left out, the first 1,000'),
    warning_count: z.int(),
    warnings: remarks.describe(
      'What was left out of rows that were taken or read in a way of our own, the first 1,000; of one kind that tasks do not have the first 5',
    ),
    left_out: losses.describe('All that the file has and tasks do not, by kind; beyond 100 kinds together'),
  })
  .meta({ id: 'TaskImportResult' })
export type TaskImportResult = z.output<typeof TaskImportResult>
export type LeftOut = z.output<typeof losses>[number]
export type Remark = z.output<typeof remarks>[number]

/** Separate from the operations, because the input is a file (as multipart/form-data, field `file`). */
export const importTransfers = defineOperations({
  tasks: {
    summary: 'Make tasks of the rows of a file: CSV, JSON, NDJSON, or an export of Trello, GitHub or Jira',
    access: 'user',
    method: 'post',
    path: '/import/tasks',
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

import { z } from 'zod'
import { JobStatus } from './jobs.ts'
import { id, instant } from './primitives.ts'

/** An export is a job: it has the id of its job, which can be cancelled like any other. */
export const Export = z
  .object({
    id: id.describe('Also the id of its job'),
    type: z.string().describe('What it contains: tasks, projects, users, videos, analytics, audit, personal'),
    status: JobStatus,
    format: z.enum(['csv', 'json', 'ndjson', 'zip']),
    filters: z.record(z.string(), z.unknown()).describe('As they were given'),
    file_url: z.string().nullable().describe('Null while there is no file, and when it has expired'),
    file_size: z.int().nullable().describe('In bytes'),
    sha256: z.string().nullable().describe('Of the file'),
    rows: z.int().nullable().describe('The number of exported things'),
    created_at: instant,
    completed_at: instant.nullable(),
    expires_at: instant.nullable().describe('When the file is removed'),
    error: z.string().nullable(),
  })
  .meta({ id: 'Export' })
export type Export = z.output<typeof Export>

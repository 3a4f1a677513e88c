import sql from 'sql-template-tag'
import type { PersonalSource } from '../../kernel/export-source.ts'
import { columnsOf } from '../../ports/table.ts'
import { present } from './jobs.present.ts'
import type { JobRow } from './jobs.queries.ts'
import { jobsTable } from './jobs.table.ts'

/** The jobs that a person has begun, with their results. */
export const jobsPersonal: PersonalSource[] = [
  {
    name: 'jobs',
    rows: ({ id }) => sql`select ${columnsOf(jobsTable)} from jobs where created_by = ${id} order by id`,
    present: (row: JobRow) => present(row),
  },
]

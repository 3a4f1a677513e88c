import type { Action } from '../../kernel/can.ts'
import { notFound } from '../../kernel/errors.ts'
import type { JobRow } from './jobs.queries.ts'

/** To see a job, end it and try it again: its owner and administrators. For everybody else there is none. */
export const manageJob: Action<JobRow> = {
  who: ({ id }, { created_by }) => created_by === id,
  admins: 'fromTheirAddresses',
  otherwise: notFound,
}

/** To list the jobs of everybody; who may not lists their own. */
export const listAllJobs: Action<null> = {
  who: () => false,
  admins: 'fromTheirAddresses',
}

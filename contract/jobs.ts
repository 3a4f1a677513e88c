import { z } from 'zod'
import { defineResource } from './define.ts'
import { anyOf, id, idInUrl, instant, listOf, paging } from './primitives.ts'

export const jobStatuses = ['queued', 'running', 'completed', 'failed', 'cancelled'] as const
export const JobStatus = z.enum(jobStatuses)
export type JobStatus = z.output<typeof JobStatus>

/** Work that continues after its request was answered, on any instance, until it is done. */
export const Job = z
  .object({
    id,
    type: z.string(),
    status: JobStatus,
    total_items: z.int().nullable().describe('Null while it is unknown'),
    processed_items: z.int().describe('Including failed ones'),
    failed_items: z.int(),
    result: z.record(z.string(), z.unknown()).nullable().describe('The result so far; complete when the job has ended'),
    error: z.string().nullable().describe('Why the job failed, or why it is tried again'),
    attempts: z.int().describe('The number of attempts at the present step'),
    created_by: id,
    created_at: instant,
    started_at: instant.nullable(),
    completed_at: instant.nullable(),
  })
  .meta({ id: 'Job' })
export type Job = z.output<typeof Job>

const jobType = z.string().regex(/^[a-z][a-z_]{0,49}$/, 'must be the type of a job such as import_tasks')
const one = z.strictObject({ id })

export const jobs = defineResource({
  operations: {
    status: {
      summary: 'One job by its id, or a list of jobs: one’s own, administrators see all',
      access: 'user',
      method: 'get',
      path: '/batch/status',
      query: z
        .strictObject({
          ...paging,
          id: idInUrl.optional(),
          status: anyOf(JobStatus).optional(),
          type: anyOf(jobType).optional(),
        })
        .refine(({ id: asked, status, type }) => asked === undefined || (status ?? type) === undefined, {
          path: ['id'],
          message: 'cannot be combined with filters',
        }),
      output: z.union([Job, listOf(Job)]),
      envelope: 'What is known of it',
      errors: ['not_found', 'address_not_allowed'],
    },
    cancel: {
      summary: 'Stop a job: its owner, administrators; what it has done stays',
      access: 'user',
      method: 'post',
      path: '/batch/cancel',
      body: one,
      output: Job,
      envelope: 'The job has been cancelled',
      errors: ['not_found', 'address_not_allowed'],
    },
    retry: {
      summary: 'Resume a failed job where it stopped',
      access: 'admin',
      method: 'post',
      path: '/batch/retry',
      body: one,
      output: Job,
      envelope: 'The job goes on',
      errors: ['not_found'],
    },
  },
})

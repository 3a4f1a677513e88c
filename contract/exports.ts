import { z } from 'zod'
import { adminUserFilters } from './admin-users.ts'
import { analyticsFilters } from './dashboard.ts'
import { defineOperations, defineResource } from './define.ts'
import { Export } from './export.ts'
import { FilterInBody } from './filter-in-body.ts'
import { idInUrl, listOf, paging } from './primitives.ts'
import { projectFilters } from './projects.ts'
import { taskFilters } from './tasks.ts'
import { videoFilters } from './videos.ts'

/** What can be exported, each with its filters: those of the list of the same things. */
export const exportFilters = {
  tasks: taskFilters,
  projects: projectFilters,
  users: adminUserFilters,
  videos: videoFilters,
  analytics: analyticsFilters,
} as const satisfies Record<string, z.ZodObject>
export type ExportDataType = keyof typeof exportFilters

const dataTypes = Object.keys(exportFilters) as [ExportDataType, ...ExportDataType[]]
export const exportDataFormats = ['csv', 'json', 'ndjson'] as const

/** The MIME types of the files. */
export const exportFileTypes = {
  csv: 'text/csv',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  zip: 'application/zip',
} as const

export const exports = defineResource({
  operations: {
    data: {
      summary: 'Export what the caller may see as a file; accounts are for administrators',
      access: 'user',
      method: 'post',
      path: '/export/data',
      cost: 10,
      body: z.strictObject({
        type: z.enum(dataTypes),
        format: z.enum(exportDataFormats),
        filters: z
          .record(z.string(), FilterInBody)
          .default({})
          .describe('The filters of the list: of `GET /tasks`, `/projects`, `/admin/users`, `/videos`'),
      }),
      output: Export,
      status: 202,
      envelope: 'The export has begun',
      errors: ['forbidden', 'address_not_allowed'],
    },
    status: {
      summary: 'One export by its id, or a list of one’s own, newest first',
      access: 'user',
      method: 'get',
      path: '/export/status',
      query: z.strictObject({ ...paging, id: idInUrl.optional() }),
      output: z.union([Export, listOf(Export)]),
      envelope: 'What is known of it',
      errors: ['not_found', 'address_not_allowed'],
    },
  },
})

/** Separate from the operations, because the output is a file. */
export const exportTransfers = defineOperations({
  file: {
    summary: 'The file of an export, until it expires: its owner, administrators',
    access: 'user',
    method: 'get',
    path: '/export/files/:id',
    params: z.strictObject({ id: idInUrl }),
    file: Object.values(exportFileTypes),
    errors: ['address_not_allowed'],
  },
})

import { z } from 'zod'

export const exportType = 'export'

/** The input of a job of this type. */
export const ExportInput = z.strictObject({
  type: z.string(),
  format: z.enum(['csv', 'json', 'ndjson', 'zip']),
  filters: z.record(z.string(), z.unknown()),
})
export type ExportInput = z.output<typeof ExportInput>

/** Nothing of an unfinished file can be used later, so each run begins anew. */
export interface ExportCursor {
  runs: number
  /** The file is stored, and the export has its key. */
  isMade?: boolean
}

import { z } from 'zod'
import { ImportFormat } from '../../../contract/index.ts'

export const importType = 'import_tasks'

/** What a job of this type works on. */
export const ImportInput = z.strictObject({
  /** Of the file in the storage. */
  key: z.string(),
  format: ImportFormat,
  project_id: z.int().nullable(),
  dry_run: z.boolean(),
  /** Where it is neither UTF-8 nor told by a mark. */
  encoding: z.literal('windows-1252').optional(),
})
export type ImportInput = z.output<typeof ImportInput>

/** Rows of the file that are done. */
export const ImportCursor = z.strictObject({ rows: z.int() })
export type ImportCursor = z.output<typeof ImportCursor>

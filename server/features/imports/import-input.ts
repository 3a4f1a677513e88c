import { z } from 'zod'
import { ImportFormat } from '../../../contract/index.ts'

export const importType = 'import_tasks'

/** The input of a job of this type. */
export const ImportInput = z.strictObject({
  /** The key of the file in the storage. */
  key: z.string(),
  format: ImportFormat,
  project_id: z.int().nullable(),
  dry_run: z.boolean(),
  /** The encoding, when the file is not UTF-8 and has no byte order mark. */
  encoding: z.literal('windows-1252').optional(),
})
export type ImportInput = z.output<typeof ImportInput>

/** The number of rows of the file that are done. */
export const ImportCursor = z.strictObject({ rows: z.int() })
export type ImportCursor = z.output<typeof ImportCursor>

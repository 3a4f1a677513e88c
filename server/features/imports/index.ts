import { createSweep } from './import-files.ts'
import { createImportJob } from './import-job.ts'
import { createImportUploads, type ImportUploads } from './import-uploads.ts'
import type { ImportDeps } from './import-deps.ts'

export { dropImportFiles } from './import-files.ts'
export { importType } from './import-input.ts'
export type { ImportDeps } from './import-deps.ts'
export type { ImportUploads, ReceivedImport } from './import-uploads.ts'

/** Imports of tasks from files. A file is uploaded, and a job reads it on any instance. */
export function createImports(deps: ImportDeps): { uploads: ImportUploads; cleanUp: () => Promise<void> } {
  deps.jobs.register(createImportJob(deps))
  return { uploads: createImportUploads(deps), cleanUp: createSweep(deps) }
}

import type { Command } from '../../events/index.ts'
import type { Drafts, FileStorage } from '../../kernel/storage.ts'
import type { Jobs } from '../jobs/index.ts'
import { createSweep } from './import-files.ts'
import { createImportJob } from './import-job.ts'
import { createImportUploads, type ImportUploads } from './import-uploads.ts'

export type { ImportUploads, ReceivedImport } from './import-uploads.ts'

export interface ImportDeps {
  command: Command
  storage: FileStorage
  drafts: Drafts
  jobs: Pick<Jobs, 'register' | 'enqueue' | 'assertRoom' | 'inputsOf'>
  /** Of one file. */
  maxBytes: number
}

/** Tasks from files: a file comes in, and a job reads it, on whichever instance. */
export function createImports(deps: ImportDeps): { uploads: ImportUploads; cleanUp: () => Promise<void> } {
  deps.jobs.register(createImportJob(deps))
  return { uploads: createImportUploads(deps), cleanUp: createSweep(deps) }
}

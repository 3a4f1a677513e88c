import type { Command } from '../../events/index.ts'
import type { TemporaryFiles, FileStorage } from '../../ports/storage.ts'
import type { Jobs } from '../jobs/index.ts'

export interface ImportDeps {
  command: Command
  storage: FileStorage
  temporaryFiles: TemporaryFiles
  jobs: Pick<Jobs, 'register' | 'enqueue' | 'assertRoom' | 'inputsOf'>
  /** The limit of one file. */
  maxBytes: number
  /** Whether some instance reads from a replica. */
  hasReplica: boolean
}

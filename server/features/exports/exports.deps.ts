import type { Command } from '../../events/index.ts'
import type { Database } from '../../ports/database.ts'
import type { FileStorage, TemporaryFiles } from '../../ports/storage.ts'
import type { Jobs } from '../jobs/index.ts'
import type { ExportKind } from './export-kind.ts'

export interface ExportDeps {
  database: Database
  command: Command
  storage: FileStorage
  temporaryFiles: TemporaryFiles
  jobs: Pick<Jobs, 'register' | 'enqueue'>
  /** What can be exported, by the type of the export. */
  kinds: Readonly<Record<string, ExportKind>>
  /** How long a file is kept. */
  hours: number
  /** Below which people reach the server. */
  basePath: string
}

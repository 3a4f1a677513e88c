import type { Command, Tx } from '../../events/index.ts'
import type { Database } from '../../ports/database.ts'
import type { Images } from '../../ports/images.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { TemporaryFiles, FileStorage } from '../../ports/storage.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Present } from './media.present.ts'

export interface MediaDeps {
  database: Database
  command: Command
  storage: FileStorage
  temporaryFiles: TemporaryFiles
  images: Images
  log: Logger
  /** The form of a file in events and answers. */
  present: Present
  /** The quota per person. */
  quota: { bytes: number; files: number }
  /**
   * Removes a locked file that is being deleted from everything that refers to it, as much as fits into one
   * transaction.
   *
   * @returns whether nothing refers to it any more
   */
  letGo: (tx: Tx, scope: Scope, mediaId: number) => Promise<boolean>
}

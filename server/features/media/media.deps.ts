import type { Command, Tx } from '../../events/index.ts'
import type { Database } from '../../kernel/database.ts'
import type { Images } from '../../kernel/images.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Drafts, FileStorage } from '../../kernel/storage.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Present } from './media.present.ts'

export interface MediaDeps {
  database: Database
  command: Command
  storage: FileStorage
  drafts: Drafts
  images: Images
  log: Logger
  /** How a file is told of. */
  present: Present
  /** What one person may keep. */
  quota: { bytes: number; files: number }
  /**
   * Takes a file that is about to go, and is locked, out of what refers to it, as much as fits into one transaction.
   *
   * @returns whether nothing refers to it any more
   */
  letGo: (tx: Tx, scope: Scope, mediaId: number) => Promise<boolean>
}

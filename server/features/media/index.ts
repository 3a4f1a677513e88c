import type { media } from '../../../contract/index.ts'
import type { Command, Tx } from '../../events/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Database } from '../../kernel/database.ts'
import type { Images } from '../../kernel/images.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Drafts, FileStorage } from '../../kernel/storage.ts'
import type { Scope } from '../../kernel/scope.ts'
import { createDownloads, type Downloads } from './media.downloads.ts'
import type { Present } from './media.present.ts'
import { createRemoval } from './media.removal.ts'
import { createDeletion } from './media.deletion.ts'
import { createMediaService } from './media.service.ts'
import { createUploads, type Uploads } from './media.uploads.ts'

export { readableOne as readableFile } from './media.policy.ts'
export { holdFiles } from './media.queries.ts'
export { createPresent } from './media.present.ts'
export { createTellMoved } from './media.telling.ts'
export type { Download, Downloads } from './media.downloads.ts'
export type { Received, Room, Uploads } from './media.uploads.ts'

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

export interface Media {
  media: Handlers<typeof media>
  uploads: Uploads
  downloads: Downloads
  /** Removes files whose rows are gone, and what a crash has left. */
  cleanUp: () => Promise<void>
}

/** Uploaded files, in projects, on tasks and without either. Once there they are never changed. */
export function createMedia(deps: MediaDeps): Media {
  const removal = createRemoval(deps)
  return {
    media: createMediaService({ ...deps, removal, deleteFile: createDeletion(deps) }),
    uploads: createUploads(deps),
    downloads: createDownloads(deps),
    cleanUp: removal.cleanUp,
  }
}

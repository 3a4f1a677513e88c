import type { media } from '../../../contract/index.ts'
import type { Handlers } from '../../kernel/bind.ts'
import { createDownloads, type Downloads } from './media.downloads.ts'
import { createRemoval } from './media.removal.ts'
import { createDeleteNextFile, type DeleteNextFile } from './media.erasing.ts'
import { createDeletion } from './media.deletion.ts'
import { createMediaService } from './media.service.ts'
import { createUploads, type Uploads } from './media.uploads.ts'
import type { MediaDeps } from './media.deps.ts'

export { readable as readableFiles, readableOne as readableFile } from './media.policy.ts'
export { lockFiles } from './media.queries.ts'
export type { DeleteNextFile } from './media.erasing.ts'
export { createPersonalFiles, type PersonalFile, type PersonalFiles } from './media.personal.ts'
export { createPresent } from './media.present.ts'
export { createRecordMoved } from './media.moves.ts'
export { keysOf } from './media.names.ts'
export { findMissingFiles, keepRestoredFiles } from './media.restored.ts'
export type { Download, Downloads } from './media.downloads.ts'
export type { Received } from './media.received.ts'
export type { Room, Uploads } from './media.uploads.ts'

export interface Media {
  media: Handlers<typeof media>
  uploads: Uploads
  downloads: Downloads
  /** Removes files whose rows were deleted, and what a crash has left behind. */
  cleanUp: () => Promise<void>
  /** Removes the files of all deleted rows. */
  removeDeleted: () => Promise<void>
  deleteNextFile: DeleteNextFile
}

/** Uploaded files: in projects, on tasks, or without either. A stored file is never changed. */
export function createMedia(deps: MediaDeps): Media {
  const removal = createRemoval(deps)
  return {
    media: createMediaService({ ...deps, removal, deleteFile: createDeletion(deps) }),
    uploads: createUploads(deps),
    downloads: createDownloads(deps),
    cleanUp: removal.cleanUp,
    removeDeleted: removal.removeDeleted,
    deleteNextFile: createDeleteNextFile(deps),
  }
}

import type { Replacing } from '../../ports/backups.ts'

/** Files that were to be removed still are, unless the restored data name them. */
export const keepRestoredFiles = (tx: Replacing) =>
  tx.carry('media_removals', 'not exists (select from media m where m.filename = old.filename)')

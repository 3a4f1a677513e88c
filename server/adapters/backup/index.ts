import { type Backups } from '../../ports/backups.ts'
import type { TemporaryFiles } from '../../ports/storage.ts'
import { goingOn } from '../../ports/going-on.ts'
import { knownMigrations } from '../known-migrations.ts'
import { readBackupHead, writeBackup } from './backup-file.ts'
import { openGuard } from './guard.ts'
import { checkBackup, type RestoreDeps, restoreBackup } from './restore.ts'
import { assertKnown } from './side-schema.ts'
import { snapshot, type SnapshotDeps } from './snapshot.ts'
import { sweepSchemas } from './sweep.ts'

export interface BackupsDeps extends RestoreDeps, Pick<SnapshotDeps, 'release'> {
  /** Where backups are written before they are complete: on the disk of the store, if that is a disk. */
  drafts: TemporaryFiles
}

/** Longer than a backup writes nothing to its file. */
const abandonedMs = 6 * 3600_000

/** Backups of one database and one storage, in files of one format. See docs/decisions/0015. */
export function createBackups(deps: BackupsDeps): Backups {
  const { secret, store, drafts } = deps
  return {
    create: async (key, type, going) => {
      const guard = await openGuard(deps.url)
      try {
        // Before the snapshot, so that every file that it names stays until it is copied.
        await guard.share(goingOn.keepFiles)
        const signal = AbortSignal.any([going.signal, guard.lost])
        const found = Promise.withResolvers<Pick<Awaited<ReturnType<Backups['create']>>, 'head' | 'manifest'>>()
        const sections = snapshot(deps, type, { ...going, signal }, (head, manifest) =>
          found.resolve({ head, manifest }),
        )
        const file = await writeBackup(sections, secret, drafts)
        await store.put(key, file.path)
        return { key, size: file.size, checksum: file.sha256, ...(await found.promise) }
      } finally {
        await guard.close()
      }
    },
    readHead: async key => {
      const head = await readBackupHead(key, secret, store)
      assertKnown(head, knownMigrations())
      return head
    },
    check: (key, going) => checkBackup(deps, key, going),
    restore: request => restoreBackup(deps, request),
    delete: key => store.delete([key]),
    sweep: async () => {
      await drafts.sweep(new Date(Date.now() - abandonedMs))
      await sweepSchemas(deps.ownerUrl)
    },
  }
}

import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { createTemporaryFiles } from '../adapters/temporary-files.ts'
import { openLocalStorage } from '../adapters/storage-local.ts'
import { openDatabase } from '../adapters/database.ts'
import { migrate } from '../adapters/database-migration.ts'
import { openBackups } from '../backups.ts'
import type { Config } from '../config.ts'
import { claimDataDir } from '../embedded/data-dir.ts'
import { startEmbeddedPostgres } from '../embedded/database-embedded.ts'
import { choosePostgresHome } from '../embedded/postgres-home.ts'
import { stopOrphan } from '../embedded/postgres-stop.ts'
import { createAuditChain, createAuditLog } from '../features/audit/index.ts'
import { takeOver } from '../features/backups/index.ts'
import { findMissingFiles } from '../features/media/index.ts'
import { BackupRefused, type Going, isWholeBackup, type RestoreResult } from '../ports/backups.ts'
import { openLog, storeOf } from './backup-services.ts'

/**
 * Puts a backup into a database and a folder that are thrown away, with the code of a real restore, and checks what is
 * there then. The data of the server are not touched.
 *
 * @throws BackupRefused with the first fault
 */
export async function verifyBackup(
  config: Config,
  from: { file: string } | { key: string },
  going: Going,
): Promise<RestoreResult> {
  const log = openLog()
  const dir = path.join(config.dataDir, 'verify')
  const claim = await claimDataDir(dir)
  const pg = path.join(dir, 'pg')
  try {
    // What a verification left behind that was killed.
    const left = await choosePostgresHome(pg)
    await stopOrphan(left.data, log)
    await rm(left.data, { recursive: true, force: true })
    await rm(path.join(dir, 'media'), { recursive: true, force: true })
    const postgres = await startEmbeddedPostgres({ dir: pg, durable: false, log })
    try {
      const databaseUrl = await migrate({ url: postgres.url, migrationUrl: postgres.ownerUrl }, log)
      const storage = openLocalStorage(path.join(dir, 'media', 'files'))
      const backups = await openBackups({
        config,
        databaseUrl,
        migrationUrl: postgres.ownerUrl,
        storage,
        temporaryFiles: createTemporaryFiles(path.join(dir, 'media', 'drafts')),
        log,
        announce: () => {},
        lookMs: 0,
        ...('file' in from && { store: storeOf(from.file) }),
      })
      const nobody = { backupId: null, jobId: null, personId: null, sessionId: null, address: '', userAgent: '' }
      const key = 'key' in from ? from.key : 'bk/file'
      const result = await backups.restore({ ...going, key, replacing: (tx, found) => takeOver(tx, found, nobody) })
      const database = openDatabase(databaseUrl, log)
      try {
        if (isWholeBackup(result.head)) {
          // Signatures are checked where the secret is given; the hashes are always.
          const chain = createAuditChain({ database, jwtSecret: config.jwtSecret ?? randomUUID(), log })
          const { ok, first_broken_id } = await createAuditLog({ database, chain }).verify(
            undefined as never,
            undefined as never,
          )
          if (!ok) throw new BackupRefused(`The audit log in the backup is broken at entry ${first_broken_id}.`)
        }
        if (result.head.type === 'full') {
          const missing = await findMissingFiles(database, storage)
          if (missing > 0) throw new BackupRefused(`${missing} files that the data name are not in the backup.`)
        }
      } finally {
        await database.close()
      }
      return result
    } finally {
      await postgres.stop()
    }
  } finally {
    await claim.release()
    await rm(dir, { recursive: true, force: true })
  }
}

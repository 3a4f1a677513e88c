import path from 'node:path'
import { createTemporaryFiles } from './adapters/temporary-files.ts'
import { openLocalStorage } from './adapters/storage-local.ts'
import { openS3Storage } from './adapters/storage-s3.ts'
import type { Config } from './config.ts'
import type { TemporaryFiles, FileStorage } from './ports/storage.ts'

/** Opens the configured storage. Uploads always arrive in a folder of this machine first. */
export async function openStorage(config: Config): Promise<{ storage: FileStorage; temporaryFiles: TemporaryFiles }> {
  const dir = path.join(config.dataDir, 'media')
  const storage = config.storage === 'local' ? openLocalStorage(path.join(dir, 'files')) : await openS3(config)
  return { storage, temporaryFiles: createTemporaryFiles(path.join(dir, 'drafts')) }
}

/** Opens the store of backups, and the folder in which they are written. */
export async function openBackupStore(config: Config): Promise<{ store: FileStorage; drafts: TemporaryFiles }> {
  const dir = path.join(config.dataDir, 'backups')
  const kind = config.backupStorage ?? config.storage
  const store = kind === 'local' ? openLocalStorage(dir) : await openS3(config)
  return { store, drafts: createTemporaryFiles(path.join(dir, 'drafts')) }
}

const openS3 = (config: Config): Promise<FileStorage> =>
  openS3Storage({
    bucket: config.s3Bucket ?? '',
    region: config.s3Region,
    endpoint: config.s3Endpoint,
    accessKeyId: config.s3AccessKeyId,
    secretAccessKey: config.s3SecretAccessKey,
    forcePathStyle: config.s3ForcePathStyle,
  })

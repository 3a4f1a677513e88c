import packageJson from '../package.json' with { type: 'json' }
import { createBackups } from './adapters/backup/index.ts'
import type { Config } from './config.ts'
import { loadBackupKey } from './embedded/data-dir.ts'
import { maintenanceLookMs } from './features/backups/index.ts'
import { keysOf } from './features/media/index.ts'
import type { Logger } from './kernel/logger.ts'
import type { Backups } from './ports/backups.ts'
import type { FileStorage, TemporaryFiles } from './ports/storage.ts'
import { openBackupStore } from './storage.ts'

export interface OpenBackupsDeps {
  config: Config
  /** The URL of the serving role, with the settings that its connections need. */
  databaseUrl: string
  /** The URL of the migrating role; null when it is the same. */
  migrationUrl: string | null
  storage: FileStorage
  temporaryFiles: TemporaryFiles
  log: Logger
  /** Tells the instances that maintenance begins or ends. */
  announce: () => void
  /** How often an instance looks whether it does. */
  lookMs?: number | undefined
  /** In place of the store of this configuration. */
  store?: FileStorage
}

/** The backups of this configuration: the same for the server and for the commands of the operator. */
export async function openBackups({
  config,
  databaseUrl,
  migrationUrl,
  lookMs,
  ...deps
}: OpenBackupsDeps): Promise<Backups> {
  return createBackups({
    ...(await openBackupStore(config)),
    ...deps,
    url: databaseUrl,
    ownerUrl: migrationUrl ?? databaseUrl,
    secret: config.backupKey ?? (await loadBackupKey(config.dataDir)),
    release: packageJson.version,
    keysOf,
    // An instance also looks for the name of the event log, every 400 ms.
    noticedMs: (lookMs ?? maintenanceLookMs) + 500,
  })
}

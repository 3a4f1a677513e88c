import path from 'node:path'
import { claimDataDir } from '../embedded/data-dir.ts'
import { startEmbeddedPostgres } from '../embedded/database-embedded.ts'
import type { DatabaseUrls } from '../adapters/database-roles.ts'
import type { Config } from '../config.ts'
import type { Logger } from '../kernel/logger.ts'
import { StartError } from '../kernel/start-error.ts'
import { findRunningPostgres } from './running-postgres.ts'

export interface FoundDatabase extends DatabaseUrls {
  /** Stops what was started for the command; leaves a running server's database alone. */
  letGo(): Promise<void>
}

/**
 * The database of the server with this configuration: the one at DATABASE_URL, or the embedded one of a running server,
 * or that of the data folder, which is started for the duration of the command when no server runs.
 */
export async function findDatabase(config: Config, log: Logger): Promise<FoundDatabase> {
  const nothing = async () => undefined
  if (config.databaseUrl) {
    return { url: config.databaseUrl, migrationUrl: config.databaseMigrationUrl ?? null, letGo: nothing }
  }
  const claim = await claimDataDir(config.dataDir).catch(async error => {
    // A running server has the folder, so its PostgreSQL is used.
    const urls = error instanceof StartError ? await findRunningPostgres(config.dataDir) : null
    if (urls === null) throw error
    return urls
  })
  if ('url' in claim) return { ...claim, letGo: nothing }
  try {
    const postgres = await startEmbeddedPostgres({ dir: path.join(config.dataDir, 'pg'), durable: true, log })
    return {
      url: postgres.url,
      migrationUrl: postgres.ownerUrl,
      letGo: async () => {
        await postgres.stop()
        await claim.release()
      },
    }
  } catch (error) {
    await claim.release()
    throw error
  }
}

import { createReadStream } from 'node:fs'
import { openDatabase, type PostgresDatabase } from '../adapters/database.ts'
import { migrate } from '../adapters/database-migration.ts'
import { openBackups } from '../backups.ts'
import type { Config } from '../config.ts'
import { type Command, createEvents } from '../events/index.ts'
import { createLogger, type Logger } from '../kernel/logger.ts'
import { StartError } from '../kernel/start-error.ts'
import type { Backups } from '../ports/backups.ts'
import { noPeers } from '../ports/peers.ts'
import type { FileStorage } from '../ports/storage.ts'
import { openStorage } from '../storage.ts'
import { findDatabase } from './find-database.ts'
import { readConfig } from './services.ts'

export interface BackupServices {
  config: Config
  log: Logger
  database: PostgresDatabase
  command: Command
  /** @param file reads this file in place of the store */
  open(file?: string): Promise<Backups>
}

/** Standard output is reserved for the result of the command. */
export const openLog = () => createLogger({ level: 'warn', pretty: false, destination: process.stderr })

/** Backups and their database, for a command. A running server on the same database notices what is done to it. */
export async function withBackups<T>(work: (services: BackupServices) => Promise<T>): Promise<T> {
  const config = readConfig()
  const log = openLog()
  const found = await findDatabase(config, log)
  try {
    const databaseUrl = await migrate(found, log)
    const database = openDatabase(databaseUrl, log)
    try {
      const { command } = createEvents({ database, log, peers: noPeers })
      const files = await openStorage(config)
      return await work({
        config,
        log,
        database,
        command,
        open: file =>
          openBackups({
            ...files,
            config,
            databaseUrl,
            migrationUrl: found.migrationUrl,
            log,
            announce: () => {},
            ...(file !== undefined && { store: storeOf(file) }),
          }),
      })
    } finally {
      await database.close()
    }
  } finally {
    await found.letGo()
  }
}

/** A single file as a store that can only be read, whatever the key. */
export const storeOf = (file: string): FileStorage => {
  const refuse = () => Promise.reject(new Error('this store is one file'))
  return {
    open: async () => {
      const stream = createReadStream(file)
      const { promise, resolve, reject } = Promise.withResolvers<typeof stream>()
      stream.once('open', () => resolve(stream))
      stream.once('error', error => reject(new StartError(`The file ${file} cannot be read: ${error.message}`)))
      return promise
    },
    put: refuse,
    delete: refuse,
    list: async function* () {},
    check: refuse,
  }
}

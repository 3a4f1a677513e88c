import { Migrator } from '@mikro-orm/migrations'
import { MikroORM } from '@mikro-orm/postgresql'
import type { Logger } from '../kernel/logger.ts'
import { connectionTo } from './database-connection.ts'
import { placeOf } from './database-refusals.ts'
import { migrationsDir } from './known-migrations.ts'

/**
 * Building an index on a large table may take any time. Only waiting for a lock has a short limit, because others queue
 * behind the waiting statement.
 *
 * @param only the migrations to run; without it all that have not run
 */
export async function migrateSchema(url: string, schema: string, log: Logger, only?: string[]): Promise<void> {
  const orm = await MikroORM.init({
    clientUrl: url,
    dbName: placeOf(url).database,
    schema,
    entities: [],
    extensions: [Migrator],
    discovery: { warnWhenNoEntities: false },
    migrations: {
      path: migrationsDir,
      pathTs: migrationsDir,
      glob: '*.ts',
      snapshot: false,
      // Each migration commits alone, so the locks of one are not kept while the next one builds an index.
      allOrNothing: false,
      disableForeignKeys: false,
    },
    pool: { min: 0, max: 2 },
    logger: message => log.debug(message),
    driverOptions: connectionTo(url, { lock: 5_000 }),
  })
  try {
    await orm.migrator.up(only && { migrations: only })
  } finally {
    await orm.close(true)
  }
}

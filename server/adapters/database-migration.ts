import { Migrator } from '@mikro-orm/migrations'
import { MikroORM } from '@mikro-orm/postgresql'
import pg from 'pg'
import { fileURLToPath } from 'node:url'
import type { Logger } from '../kernel/logger.ts'
import { StartError } from '../kernel/start-error.ts'
import { connectionTo, withSettings } from './database-connection.ts'
import { checkFitness, findSchema, settingsOf, sign } from './database-fitness.ts'
import { explainConnection, placeOf, quoted, type UrlName } from './database-refusals.ts'
import { checkSameDatabase, type DatabaseUrls, ensureRole, letServe } from './database-roles.ts'
import { migrateJobQueue } from './jobs-graphile.ts'

const migrationsDir = fileURLToPath(new URL('../../migrations', import.meta.url))

/** Any number that all instances agree on: two that start at once must not both migrate. */
const migrationLock = 7_201_001

/**
 * Brings the schema up to date, and the rights of the role that serves; of several processes that try at once one does it
 * and the others wait. Before that it looks whether the database is one that the server can work with.
 *
 * @returns the address for the role that serves, with what further connections have to set
 * @throws {StartError} with what to do about a database, a role, or an address that will not do
 */
export async function migrate({ url, migrationUrl }: DatabaseUrls, log: Logger): Promise<string> {
  const name: UrlName = migrationUrl === null ? 'DATABASE_URL' : 'DATABASE_MIGRATION_URL'
  const given = migrationUrl ?? url
  const owner = await connectFirst(given, name)
  try {
    const schema = await findSchema(owner.client)
    const settings = { ...owner.settings, search_path: quoted(schema) }
    await owner.client.query(`select set_config('search_path', $1, false)`, [settings.search_path])
    await owner.client.query('select pg_advisory_lock($1)', [migrationLock])
    if (migrationUrl !== null) await ensureRole(owner.client, url)
    if (migrationUrl !== null) await checkServing(owner.client, url)
    const ownerUrl = withSettings(given, settings)
    await migrateTables(ownerUrl, schema, log)
      .then(() => migrateJobQueue(ownerUrl, log))
      .catch(error => explainFailure(error, name, given, schema))
    if (migrationUrl !== null) await letServe(owner.client, url)
    return withSettings(url, settings)
  } finally {
    await owner.client.end()
  }
}

/** The first connection to a database finds out whether there is one, and what it is like. */
async function connectFirst(url: string, name: UrlName) {
  const settings = settingsOf(await askVersion(url, name))
  const client = await connect(withSettings(url, { ...settings, ...sign }), name)
  try {
    await checkFitness(client, name, url)
    return { client, settings }
  } catch (error) {
    await client.end().catch(() => {})
    throw explainConnection(error, name, url)
  }
}

/** It says so when somebody connects: to ask, it might be given too little time (`transaction_timeout`). */
async function askVersion(url: string, name: UrlName): Promise<string> {
  let version = ''
  const client = await connect(url, name, connection =>
    connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
      if (parameterName === 'server_version') version = parameterValue
    }),
  )
  await client.end()
  return version
}

type Told = { parameterName: string; parameterValue: string }
type Wire = { on(event: 'parameterStatus', listener: (told: Told) => void): unknown }

async function connect(url: string, name: UrlName, listen: (connection: Wire) => void = () => {}): Promise<pg.Client> {
  const client = new pg.Client(connectionTo(url))
  client.on('error', () => {})
  listen((client as unknown as { connection: Wire }).connection)
  try {
    await client.connect()
    return client
  } catch (error) {
    await client.end().catch(() => {})
    throw explainConnection(error, name, url)
  }
}

async function checkServing(owner: pg.Client, url: string): Promise<void> {
  const { client } = await connectFirst(url, 'DATABASE_URL')
  try {
    await checkSameDatabase(owner, client)
  } finally {
    await client.end()
  }
}

/** Building an index on a large table takes as long as it takes; only for a lock nobody may wait long, for others wait behind. */
async function migrateTables(url: string, schema: string, log: Logger): Promise<void> {
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
      // Each commits alone: the lock of one is not kept while the next one builds an index.
      allOrNothing: false,
      disableForeignKeys: false,
    },
    pool: { min: 0, max: 2 },
    logger: message => log.debug(message),
    driverOptions: connectionTo(url, { lock: 5_000 }),
  })
  try {
    await orm.migrator.up()
  } finally {
    await orm.close(true)
  }
}

const insufficientPrivilege = '42501'
const uniqueViolation = '23505'

/** A role that only serves finds nothing to do here on a schema that is up to date. */
function explainFailure(error: unknown, name: UrlName, url: string, schema: string): never {
  const { code, detail } = error as { code?: unknown; detail?: string }
  if (code === uniqueViolation)
    throw new StartError(
      `Two rows of the database are the same for this release: ${detail ?? (error as Error).message}\nChange one of them, then start again (${name}).`,
      { cause: error },
    )
  if (code !== insufficientPrivilege) throw error
  const { role, database } = placeOf(url)
  const what = `The tables are not those of this release, and the role of ${name} may not change them (${(error as Error).message}).`
  const grant =
    `grant create on database ${quoted(database)} to ${quoted(role)}; ` +
    `grant usage, create on schema ${quoted(schema)} to ${quoted(role)};`
  const instead = name === 'DATABASE_URL' ? 'Set DATABASE_MIGRATION_URL to the role that owns them.\n' : ''
  throw new StartError(`${what}\n${instead}On a new database let it make them: ${grant}`, { cause: error })
}

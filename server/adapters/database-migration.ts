import pg from 'pg'
import type { Logger } from '../kernel/logger.ts'
import { StartError } from '../kernel/start-error.ts'
import { connectionTo, withSettings } from './database-connection.ts'
import { checkFitness, durability, findSchema, type Needs, settingsOf, sign } from './database-fitness.ts'
import { explainConnection, placeOf, quoted, type UrlName } from './database-refusals.ts'
import { checkSameDatabase, type DatabaseUrls, ensureRole, letServe } from './database-roles.ts'
import { migrateJobQueue } from './jobs-graphile.ts'
import { knownMigrations } from './known-migrations.ts'

/** A number on which all instances agree: two instances that start at the same time must not both migrate. */
const migrationLock = 7_201_001

/**
 * Brings the schema and the rights of the serving role up to date. When several processes try at once, one does it and
 * the others wait. Checks first whether the server can work with the database.
 *
 * @returns the URL for the serving role, with the settings that further connections have to make
 * @throws {StartError} with what to do about a database, a role, or a URL that does not work
 */
export async function migrate({ url, migrationUrl }: DatabaseUrls, log: Logger, needs: Needs = {}): Promise<string> {
  const name: UrlName = migrationUrl === null ? 'DATABASE_URL' : 'DATABASE_MIGRATION_URL'
  const given = migrationUrl ?? url
  const owner = await connectFirst(given, name, needs)
  try {
    const schema = await findSchema(owner.client)
    const settings = { ...owner.settings, search_path: quoted(schema) }
    await owner.client.query(`select set_config('search_path', $1, false)`, [settings.search_path])
    await owner.client.query('select pg_advisory_lock($1)', [migrationLock])
    if (migrationUrl !== null) await ensureRole(owner.client, url)
    const serving =
      migrationUrl === null
        ? settings
        : { ...(await checkServing(owner.client, url, needs)), search_path: settings.search_path }
    const ownerUrl = withSettings(given, settings)
    await bringUpToDate(owner.client, ownerUrl, schema, log)
      .then(() => migrateJobQueue(ownerUrl, log))
      .catch(error => explainFailure(error, name, given, schema))
    if (migrationUrl !== null) await letServe(owner.client, url)
    return withSettings(url, serving)
  } finally {
    await owner.client.end()
  }
}

/** The first connection to a database. It finds out whether the database exists and which version it has. */
async function connectFirst(url: string, name: UrlName, needs: Needs) {
  const settings = settingsOf(await askVersion(url, name))
  const client = await connect(withSettings(url, { ...settings, ...sign }), name)
  try {
    await checkFitness(client, name, url, needs)
    return { client, settings: { ...settings, ...(await durability(client)) } }
  } catch (error) {
    await client.end().catch(() => {})
    throw explainConnection(error, name, url)
  }
}

/**
 * The version of the server, which it reports when a client connects. A query for it could hit a time limit
 * (`transaction_timeout`).
 */
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

type ServerParameter = { parameterName: string; parameterValue: string }
type Wire = { on(event: 'parameterStatus', listener: (parameter: ServerParameter) => void): unknown }

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

async function checkServing(owner: pg.Client, url: string, needs: Needs): Promise<Record<string, string>> {
  const { client, settings } = await connectFirst(url, 'DATABASE_URL', needs)
  try {
    await checkSameDatabase(owner, client)
    return settings
  } finally {
    await client.end()
  }
}

/**
 * Runs the migrations that have not run. MikroORM is loaded only when there is one, which takes a sixth of the
 * processor time from every other start (docs/decisions/0002).
 */
async function bringUpToDate(owner: pg.Client, url: string, schema: string, log: Logger): Promise<void> {
  if (await isUpToDate(owner)) return
  const { migrateSchema } = await import('./database-schema.ts')
  await migrateSchema(url, schema, log)
}

/** Whether all migrations of this release have run, by the table in which MikroORM notes them. */
async function isUpToDate(owner: pg.Client): Promise<boolean> {
  const { rows: there } = await owner.query(`select from pg_class where oid = to_regclass('mikro_orm_migrations')`)
  if (there.length === 0) return false
  const { rows } = await owner.query<{ name: string }>('select name from mikro_orm_migrations')
  const run = new Set(rows.map(({ name }) => name))
  return knownMigrations().every(name => run.has(name))
}

const insufficientPrivilege = '42501'
const uniqueViolation = '23505'

/**
 * Explains why a migration failed. A role that only serves does not get here on a schema that is up to date, because
 * nothing has to be done.
 */
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

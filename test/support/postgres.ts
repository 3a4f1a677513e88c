import { randomBytes } from 'node:crypto'
import { createLogger } from '../../server/kernel/logger.ts'
import { withConnection } from './connection.ts'
import { giveForeignDefaults, ownDefaults } from './foreign-defaults.ts'
import { startScratchPostgres } from './postgres-scratch.ts'

export interface TestDatabase {
  /** The URL of the serving role. */
  url: string
  /** The URL of the role that owns the tables: for migrations, and for changes that the server may not make. */
  ownerUrl: string
  /** Removes it, also with open connections. The end of the run removes the databases that were forgotten. */
  drop(): Promise<void>
}

interface TestServer {
  url: string
  servingUrl: string
  template: string
  /** What `create database` says about how the template is copied. */
  copying: string
  stop(): Promise<void>
}

/** Every database of the run has the most unusual defaults: see scripts/check.mjs. */
const foreign = process.env.TEST_DATABASE_DEFAULTS === 'foreign'
if (foreign) process.env.PGOPTIONS = ownDefaults

const log = createLogger({ level: process.env.TEST_LOG_LEVEL ?? 'warn', pretty: process.stdout.isTTY })
const run = `taskwire_test_${process.pid}`
const servingRole = `${run}_server`
let server: Promise<TestServer> | undefined
let count = 0

/**
 * An empty, migrated database of its own, on one server for the whole run: an embedded one without fsync, or the one at
 * TEST_DATABASE_URL. The migration runs once, in a template; every database is a copy of that.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const { url, servingUrl, template, copying } = await (server ??= startServer())
  const name = `${run}_${++count}`
  await execute(url, `create database ${name} template ${template} ${copying}`)
  if (foreign) await execute(url, giveForeignDefaults(name))
  return {
    url: databaseUrl(servingUrl, name),
    ownerUrl: databaseUrl(url, name),
    drop: async () => void (await execute(url, `drop database if exists ${name} with (force)`)),
  }
}

/** Called once, after all tests. */
export async function stopTestServer(): Promise<void> {
  const started = await server?.catch(() => undefined)
  server = undefined
  await started?.stop()
}

async function startServer(): Promise<TestServer> {
  const external = process.env.TEST_DATABASE_URL
  const scratch = external ? null : await startScratchPostgres(log)
  const url = external ?? scratch?.url ?? ''
  const template = `${run}_template`
  await execute(url, `create database ${template} encoding 'UTF8' template template0`)
  if (foreign) await execute(url, giveForeignDefaults(template))
  // Loaded only now: the ORM takes half a second to load, and mocha's hooks import this file before every run.
  const { migrate } = await import('../../server/adapters/database-migration.ts')
  const servingUrl = Object.assign(new URL(url), {
    username: servingRole,
    password: randomBytes(12).toString('hex'),
  }).href
  await migrate({ url: databaseUrl(servingUrl, template), migrationUrl: databaseUrl(url, template) }, log)
  // Without fsync copying files takes a third of the processor time of copying through the WAL, the default from
  // PostgreSQL 15 on.
  const [{ isNew }] = (await execute(
    url,
    `select current_setting('server_version_num')::int >= 150000 as "isNew"`,
  )) as [{ isNew: boolean }]
  const copying = scratch && isNew ? 'strategy file_copy' : ''
  return { url, servingUrl, template, copying, stop: () => scratch?.stop() ?? dropAll(url) }
}

/** On a server of somebody else: leaves nothing of this run behind. */
async function dropAll(url: string): Promise<void> {
  const names = [`${run}_template`, ...Array.from({ length: count }, (_, index) => `${run}_${index + 1}`)]
  for (const name of names) await execute(url, `drop database if exists ${name} with (force)`)
  await execute(url, `drop role if exists ${servingRole}`)
}

const execute = (url: string, statement: string): Promise<unknown[]> =>
  withConnection(url, async connection => (await connection.query(statement)).rows)

function databaseUrl(base: string, name: string): string {
  return Object.assign(new URL(base), { pathname: `/${name}` }).href
}

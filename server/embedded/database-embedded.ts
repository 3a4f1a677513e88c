import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { Logger } from '../kernel/logger.ts'
import { connectionTo } from '../adapters/database-connection.ts'
import { preparePostgresBinaries } from './postgres-binaries.ts'
import { ensureCluster, ROLE, SERVING_ROLE } from './postgres-cluster.ts'
import { choosePostgresHome } from './postgres-home.ts'
import { launchPostgres, type PostgresProcess } from './postgres-process.ts'
import { stopOrphan } from './postgres-stop.ts'
import { scramSecret } from '../adapters/scram.ts'
import { chooseFreePort } from './free-port.ts'

export interface EmbeddedPostgres extends PostgresProcess {
  /** The URL of the serving role, with the password, for `pg`. */
  url: string
  /** The URL of the role that owns everything, for migrations; it may create databases. */
  ownerUrl: string
  port: number
  version: string
  /** Where the cluster actually is: `dir`, or the place that `dir/location` names. */
  base: string
}

export interface EmbeddedPostgresOptions {
  /** No other process may use it; see `claimDataDir`. */
  dir: string
  durable: boolean
  log: Logger
  /**
   * The `bin` folder of another PostgreSQL, which then runs with its own defaults, as on users' machines; for tests and
   * benches.
   */
  installed?: string | undefined
}

const DATABASE = 'taskwire'
const ATTEMPTS = 6

/**
 * Runs a real PostgreSQL, from the binaries of the package registry, on a folder. Creates the cluster the first time,
 * stops what a killed server left behind, and waits until PostgreSQL answers. Under root PostgreSQL runs as `nobody`.
 *
 * @throws {StartError} when that cannot work: no binaries for the platform, or a cluster of another major version
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dir, durable, log, installed } = options
  const home = await choosePostgresHome(dir)
  const binaries = await preparePostgresBinaries(home, installed)
  await stopOrphan(home.data, log)
  const { password, servingPassword } = await ensureCluster(home, binaries)
  const portFile = path.join(home.base, 'port')

  for (let attempt = 1; ; attempt++) {
    // The port of the last run, so that a saved `psql` command stays valid; another one if it is taken now.
    const port = await chooseFreePort(attempt === 1 ? await readPort(portFile) : 0)
    const ownerUrl = (database: string) => `postgres://${ROLE}:${password}@127.0.0.1:${port}/${database}`
    const url = `postgres://${SERVING_ROLE}:${servingPassword}@127.0.0.1:${port}/${DATABASE}`
    const probe = () => ensureDatabase(ownerUrl('postgres'), servingPassword)
    try {
      const running = await launchPostgres({
        home,
        binaries,
        port,
        durable,
        ownDefaults: installed !== undefined,
        probe,
      })
      await writeFile(portFile, String(port))
      return { ...running, url, ownerUrl: ownerUrl(DATABASE), port, version: binaries.version, base: home.base }
    } catch (error) {
      // Another process took the port, or backends of a killed server still hold the shared memory.
      if (attempt === ATTEMPTS) throw error
      log.debug({ err: error, attempt }, 'PostgreSQL did not start, trying again')
      await sleep(200)
    }
  }
}

async function readPort(file: string): Promise<number> {
  return Number(await readFile(file, 'utf8').catch(() => '0')) || 0
}

/** Creates the database and the serving role; a data folder of an earlier release lacks that role. */
async function ensureDatabase(maintenanceUrl: string, servingPassword: string): Promise<void> {
  const client = new Client(connectionTo(maintenanceUrl, {}, { connectionTimeoutMillis: 3000 }))
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`create database ${DATABASE}`)
    const role = await client.query('select from pg_roles where rolname = $1', [SERVING_ROLE])
    if (role.rowCount === 0) await client.query(`create role ${SERVING_ROLE}`)
    await client.query(`alter role ${SERVING_ROLE} login password '${scramSecret(servingPassword)}'`)
  } finally {
    await client.end()
  }
}

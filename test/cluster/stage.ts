import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Pool } from 'pg'
import { ensurePage } from '../../server/page/build.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { eventually } from '../support/eventually.ts'
import { highLimits } from '../support/high-limits.ts'
import { testDatabase } from '../support/postgres.ts'
import { type PostgresControl, startPostgres } from '../support/postgres-control.ts'
import { type PostgresStandby, startStandby } from '../support/postgres-standby.ts'
import type { RedisControl } from '../support/redis.ts'
import { password } from '../support/server.ts'
import { type Account, ask, createAccounts } from './account.ts'
import { createInstance, type Instance } from './instance.ts'

/** A cluster of real processes, with a fault proxy between any two of them. */
export interface Stage<R extends StageRedis = RedisControl> {
  instances: Instance[]
  redis: R
  /** Only with `ownPostgres`. */
  postgres: PostgresControl | null
  /** Only with `replica`. */
  standby: PostgresStandby | null
  admin: Account
  /** A new account, made through the first instance. */
  user(name?: string): Promise<Account>
  /** Directly, past every proxy. */
  query<R extends object>(text: string, values?: unknown[]): Promise<R[]>
  /** Stops PostgreSQL immediately, and starts it on the same data. */
  restartPostgres(downMs?: number): Promise<void>
  /** Starts everything again and reopens all connections, whatever was done. */
  heal(): Promise<void>
  /** The instance that sequences, as far as it reports so itself. */
  sequencing(): Promise<Instance>
  /** Faults that the test did not cause. */
  faults(): string[]
  close(): Promise<void>
}

/** What a stage needs of its Redis; tests may get more. */
export type StageRedis = Pick<RedisControl, 'url' | 'heal'>

export interface StageOptions<R extends StageRedis = RedisControl> {
  redis: R
  count?: number
  /** A durable PostgreSQL of its own, for fault tests. */
  ownPostgres?: boolean
  /** A PostgreSQL of its own, and a standby from which the instances read. */
  replica?: boolean
  env?: Record<string, string>
  /** The instances are not started. */
  dark?: boolean
}

const adminEmail = 'admin@example.com'

export async function openStage<R extends StageRedis>(options: StageOptions<R>): Promise<Stage<R>> {
  const { redis, count = 3, ownPostgres, replica, env, dark } = options
  const closing: (() => unknown)[] = []
  const close = async () => {
    for (const step of closing.toReversed()) await step()
  }
  try {
    // Once, and not by each instance at the same time.
    await ensurePage({ log: createLogger({ level: 'silent', pretty: false }) })
    const dataDir = await mkdtemp(path.join(tmpdir(), `taskwire-test-${process.pid}-`))
    closing.push(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }))
    const postgres = ownPostgres || replica ? await startPostgres() : null
    if (postgres) closing.push(postgres.remove)
    const standby = postgres && replica ? await startStandby(postgres) : null
    if (standby) closing.push(standby.remove)
    const database = postgres ?? (await testDatabase())
    if ('drop' in database) closing.push(database.drop)
    const look = await openLook(database)
    closing.push(look.close)

    const common = {
      DATA_DIR: dataDir,
      JWT_SECRET: 'a secret for tests that has more than 32 characters',
      ADMIN_EMAIL: adminEmail,
      ADMIN_PASSWORD: password,
      ...highLimits,
      ...(standby && { DATABASE_REPLICA_URL: standby.url }),
      ...env,
    }
    const instances = await Promise.all(
      Array.from({ length: count }, (_, nth) =>
        createInstance({
          name: 'ABCDEFGH'[nth]!,
          databaseUrl: database.url,
          migrationUrl: database.ownerUrl,
          redisUrl: redis.url,
          env: common,
        }),
      ),
    )
    closing.push(() => Promise.all(instances.map(instance => instance.close())))
    if (!dark) await Promise.all(instances.map(instance => instance.start()))
    const accounts = createAccounts(instances)
    closing.push(accounts.close)

    return {
      instances,
      redis,
      postgres,
      standby,
      admin: dark ? (null as never) : await accounts.signIn(adminEmail),
      user: accounts.register,
      query: look.query,
      restartPostgres: (downMs = 0) => restart(postgres!, instances, downMs),
      heal: async () => {
        await standby?.heal()
        await heal(instances, redis, postgres)
      },
      sequencing: () => findSequencing(instances),
      faults: () => instances.flatMap(({ faults }) => faults),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Access to the database that survives its crash. */
async function openLook(database: { readonly ownerUrl: string }) {
  let pool = open(database.ownerUrl)
  function open(url: string) {
    const opened = new Pool({ connectionString: url, max: 4, connectionTimeoutMillis: 5_000 })
    opened.on('error', () => {})
    opened.on('connect', client => client.on('error', () => {}))
    return { url, opened }
  }
  return {
    query: async <R extends object>(text: string, values: unknown[] = []): Promise<R[]> => {
      if (pool.url !== database.ownerUrl) {
        const former = pool
        // Before anything is awaited, because queries may come at once.
        pool = open(database.ownerUrl)
        await former.opened.end()
      }
      return (await pool.opened.query<R>(text, values)).rows
    },
    close: () => pool.opened.end(),
  }
}

async function restart(postgres: PostgresControl, instances: Instance[], downMs: number) {
  await postgres.crash()
  await new Promise(resolve => setTimeout(resolve, downMs))
  await postgres.start()
  for (const { proxies } of instances) proxies.database.pointAt(postgres.port)
}

async function heal(instances: Instance[], redis: StageRedis, postgres: PostgresControl | null) {
  await postgres?.thaw()
  for (const instance of instances) {
    instance.thaw()
    for (const proxy of Object.values(instance.proxies)) {
      proxy.delay(0)
      proxy.throttle(null)
      proxy.resume()
      await proxy.restore()
    }
  }
  await redis.heal()
  await Promise.all(instances.filter(({ running }) => !running).map(instance => instance.start()))
}

/** An instance that has lost the role without knowing may report it too; the first that reports it is returned. */
function findSequencing(instances: Instance[]): Promise<Instance> {
  const look = async ({ name, directUrl }: Instance) => {
    const from = performance.now()
    const answer = await ask(directUrl, 'GET', '/health/detailed', { withinMs: 1_500 }).catch(error => error as Error)
    const leads = !(answer instanceof Error) && answer.body.components?.events?.sequencing === true
    const answered = answer instanceof Error ? answer.message : JSON.stringify(answer.body.components ?? answer.body)
    return { leads, report: `${name}, after ${Math.round(performance.now() - from)} ms: ${answered}` }
  }
  return eventually(
    async () => {
      const running = instances.filter(instance => instance.running)
      const answers = await Promise.all(running.map(look))
      const found = running.find((_, nth) => answers[nth]!.leads)
      assert.ok(found, `no instance sequences\n${answers.map(({ report }) => report).join('\n')}`)
      return found
    },
    { within: 20_000, every: 100 },
  )
}

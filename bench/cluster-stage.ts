import { migrate } from '../server/adapters/database-migration.ts'
import { startRedisServer } from '../server/embedded/redis-server.ts'
import { send } from './load.ts'
import { log, type Running, type Stage } from './stage.ts'

export interface Cluster {
  instances: Running[]
  token: string
  stop(): Promise<void>
}

const password = 'correct horse 9'

/** Starts instances on one database, connected by Redis, or not connected when `redisUrl` is null. */
export async function startInstances(
  stage: Stage,
  count: number,
  redisUrl: string | null,
  database = 'taskwire',
  more: Record<string, string> = {},
): Promise<Cluster> {
  const env = {
    DATABASE_URL: stage.databaseUrl(database),
    ACCESS_TOKEN_TTL: '86400',
    MAX_SOCKETS_PER_USER: '10000',
    ADMIN_EMAIL: 'admin@example.com',
    ADMIN_PASSWORD: password,
    ...(redisUrl && { REDIS_URL: redisUrl }),
    ...more,
  }
  const instances: Running[] = []
  for (let nth = 0; nth < count; nth++) instances.push(await stage.run('server/main.ts', env))
  const body = JSON.stringify({ email: 'admin@example.com', password })
  const { access_token: token } = JSON.parse(
    await send(instances[0]!.url, '', { method: 'POST', path: '/auth/login', body }),
  )
  return { instances, token, stop: async () => void (await Promise.all(instances.map(one => one.stop()))) }
}

/** Creates the schema; the database exists already. */
export const emptyDatabase = (stage: Stage, database = 'taskwire'): Promise<string> =>
  migrate({ url: stage.databaseUrl(database), migrationUrl: null }, log)

export const startBenchRedis = startRedisServer

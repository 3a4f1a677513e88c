import path from 'node:path'
import type { DatabaseUrls } from '../../adapters/database-roles.ts'
import { startEmbeddedPostgres } from '../../embedded/database-embedded.ts'
import type { Config } from '../../config.ts'
import type { Logger } from '../../kernel/logger.ts'
import { describeRedisUrl } from '../../kernel/redis-url.ts'
import type { Shutdown } from '../../process/shutdown.ts'
import { keepRedis } from './keep-redis.ts'

/** A server that all instances share: its URL for the instances, and the text that describes it to people. */
export interface Backing {
  url: string
  description: string
}

export interface BackingDeps {
  config: Config
  shutdown: Shutdown
  log: Logger
  say: (text: string) => void
}

/** PostgreSQL at DATABASE_URL, or the embedded one. The cluster ends when the embedded one ends. */
export async function providePostgres({ config, shutdown, log }: BackingDeps): Promise<Backing & DatabaseUrls> {
  const { databaseUrl: url, databaseMigrationUrl: migrationUrl = null, databaseReplicaUrl: replicaUrl } = config
  const replica = replicaUrl ? `, replica ${describe(replicaUrl)}` : ''
  if (url) return { url, migrationUrl, description: `${describe(url)}${replica}` }
  const postgres = await startEmbeddedPostgres({ dir: path.join(config.dataDir, 'pg'), durable: true, log })
  shutdown.onStop('PostgreSQL', postgres.stop)
  postgres.onExit(why => shutdown.begin(1, `PostgreSQL has died:\n${why}`))
  const { url: servingUrl, ownerUrl } = postgres
  return { url: servingUrl, migrationUrl: ownerUrl, description: `embedded ${postgres.version}, port ${postgres.port}` }
}

/** Redis at REDIS_URL, or one of our own, which is restarted when it ends. */
export async function provideRedis({ config, shutdown, say }: BackingDeps): Promise<Backing> {
  if (config.redisUrl) return { url: config.redisUrl, description: describeRedisUrl(config.redisUrl) }
  const redis = await keepRedis(say)
  shutdown.onStop('Redis', redis.stop)
  return { url: redis.url, description: `our own ${redis.version}, port ${redis.port}, pid ${redis.pid}` }
}

/** A URL without its password. */
const describe = (url: string) => new URL(url).host

import { createPostgresPeers } from './adapters/peers-postgres.ts'
import type { RedisLink } from './adapters/redis-link.ts'
import type { Config } from './config.ts'
import { createPeers, type createSocketServer } from './faces/socket/index.ts'
import type { Logger } from './kernel/logger.ts'
import { noPeers, type Peers } from './ports/peers.ts'

interface PeersDeps {
  config: Pick<Config, 'databaseUrl'>
  databaseUrl: string
  redis: RedisLink | null
  io: ReturnType<typeof createSocketServer>
  log: Logger
}

/** The connections to Redis; null where there is none. Its client is loaded only for those who have one. */
export async function openRedis(
  { redisUrl }: Pick<Config, 'redisUrl'>,
  secret: string,
  log: Logger,
): Promise<RedisLink | null> {
  if (!redisUrl) return null
  const { connectRedis } = await import('./adapters/redis.ts')
  return connectRedis(redisUrl, secret, log)
}

/**
 * How this instance reaches the others: through Redis, else through the database that they share. Nobody shares an
 * embedded one.
 */
export function openPeers({ config, databaseUrl, redis, io, log }: PeersDeps): {
  peers: Peers
  close(): Promise<void>
} {
  if (redis) return { peers: createPeers(io, redis, log), close: async () => {} }
  if (!config.databaseUrl) return { peers: noPeers, close: async () => {} }
  const peers = createPostgresPeers(databaseUrl, log)
  peers.start()
  return { peers, close: peers.stop }
}

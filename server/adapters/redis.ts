import { Redis } from 'ioredis'
import type { Logger } from '../kernel/logger.ts'
import { parseClusterUrl } from '../kernel/redis-url.ts'
import { createChannelCheck, type ChannelCheck } from './redis-channel-check.ts'
import { connectRedisCluster } from './redis-cluster.ts'
import {
  commandOptions,
  connectionOptions,
  isCongested,
  nameOf,
  retryDelay,
  watch,
  withCalls,
} from './redis-connection.ts'
import type { RedisLink } from './redis-link.ts'

/**
 * Connections to Redis that reconnect without end. Nothing here rejects or throws to the publisher: Redis only makes
 * delivery faster, so its absence is a line in the log and a degraded health check.
 *
 * @param secret shared by all instances of a cluster; the prefix is derived from it, so that two clusters on one
 *   Redis do not receive each other's messages
 */
export function connectRedis(url: string, secret: string, log: Logger): RedisLink {
  const cluster = parseClusterUrl(url)
  return cluster ? connectRedisCluster(cluster, secret, log) : connectOneRedis(url, secret, log)
}

function connectOneRedis(url: string, secret: string, log: Logger): RedisLink {
  const shared = { ...connectionOptions, retryStrategy: retryDelay }
  const pub = new Redis(url, { ...shared, ...commandOptions, enableOfflineQueue: false })
  // Its few subscriptions wait for the connection without a limit and are renewed with each new connection.
  const sub = new Redis(url, { ...shared, maxRetriesPerRequest: null })

  let reachable = true
  for (const client of [pub, sub]) {
    client.on('error', error => {
      if (reachable) log.warn({ err: error }, 'Redis cannot be reached; events continue from PostgreSQL')
      reachable = false
    })
    client.on('ready', () => {
      if (!reachable) log.info('Redis is back')
      reachable = true
    })
  }
  const endWatch = watch(() => [pub, sub])
  const channelCheck = createChannelCheck(
    sub,
    () => sub.status === 'ready',
    (channel, message) => pub.publish(channel, message),
  )
  const prefix = `taskwire-${nameOf(secret)}`

  return {
    pub: withCalls(pub, { publish: publisher(pub) }),
    sub: withCalls(sub, subscriptions(sub, channelCheck)),
    prefix,
    channelPrefix: prefix,
    sharded: false,
    get ready() {
      return pub.status === 'ready' && sub.status === 'ready'
    },
    partOf: () => ({ name: 'Redis', ready: pub.status === 'ready' }),
    nodes: () => (pub.status === 'ready' ? [pub] : []),
    check: channelCheck.check,
    close: () => {
      endWatch()
      pub.disconnect()
      sub.disconnect()
    },
  }
}

const publisher = (pub: Redis) => async (channel: string, message: string | Buffer) =>
  pub.status !== 'ready' || isCongested(pub) ? 0 : pub.publish(channel, message).catch(() => 0)

/**
 * The client remembers the requested subscriptions and renews them with each connection. The adapter ignores the
 * promises of its calls. Without this, each failed call would be an unhandled rejection.
 */
const subscriptions = (sub: Redis, channelCheck: ChannelCheck) => {
  const quietly = (name: 'subscribe' | 'psubscribe' | 'unsubscribe' | 'punsubscribe') => {
    const call = sub[name].bind(sub) as (...channels: unknown[]) => Promise<unknown>
    return (...channels: unknown[]) => {
      if (name === 'subscribe' || name === 'psubscribe') channelCheck.note(name, channels.flat().map(String))
      return call(...channels).catch(() => 0)
    }
  }
  return {
    subscribe: quietly('subscribe'),
    psubscribe: quietly('psubscribe'),
    unsubscribe: quietly('unsubscribe'),
    punsubscribe: quietly('punsubscribe'),
  }
}

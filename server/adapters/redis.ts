import { createHash } from 'node:crypto'
import { Redis, ReplyError } from 'ioredis'
import type { Logger } from '../kernel/logger.ts'
import { createChannelCheck, type ChannelCheck } from './redis-channel-check.ts'

/** What the Socket.IO adapter needs from Redis: two connections, and a prefix that no other cluster uses. */
export interface RedisLink {
  pub: Redis
  sub: Redis
  prefix: string
  /** Whether both connections are usable, as far as is known. */
  readonly ready: boolean
  /**
   * Checks whether instances receive each other's messages through Redis: null, or the reason why not. Rejects when
   * Redis does not answer within a second.
   */
  check(): Promise<string | null>
  close(): void
}

/** A command without an answer after this time has failed, so nothing waits for a frozen Redis. */
const commandTimeoutMs = 1_000
const connectTimeoutMs = 2_000
/**
 * The bytes that may wait for a Redis that does not read. Further messages are dropped, because all of them are hints.
 */
const mostWaitingBytes = 4 * 1024 * 1024
const mostRetryMs = 1_000

/**
 * Connections to Redis that reconnect without end. Nothing here rejects or throws to the publisher: Redis only makes
 * delivery faster, so its absence is a line in the log and a degraded health check.
 *
 * @param secret shared by all instances of a cluster; the prefix is derived from it, so that two clusters on one
 *   Redis do not receive each other's messages
 */
export function connectRedis(url: string, secret: string, log: Logger): RedisLink {
  const retryStrategy = (times: number) =>
    Math.min(50 * 2 ** Math.min(times, 10), mostRetryMs) * (0.5 + Math.random() / 2)
  const shared = { connectTimeout: connectTimeoutMs, retryStrategy, keepAlive: 5_000 }
  const pub = new Redis(url, {
    ...shared,
    commandTimeout: commandTimeoutMs,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  })
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
  const watches = [pub, sub].map(watch)
  const channelCheck = createChannelCheck(pub, sub)

  return {
    pub: neverRejecting(pub, { publish: publisher(pub) }),
    sub: neverRejecting(sub, subscriptions(sub, channelCheck)),
    prefix: `taskwire-${createHash('sha256').update(`redis prefix\0${secret}`).digest('hex').slice(0, 16)}`,
    get ready() {
      return pub.status === 'ready' && sub.status === 'ready'
    },
    check: channelCheck.check,
    close: () => {
      watches.forEach(clearInterval)
      pub.disconnect()
      sub.disconnect()
    },
  }
}

/** The adapter ignores the promises of its calls. Without this, each failed call would be an unhandled rejection. */
function neverRejecting(client: Redis, calls: Record<string, unknown>): Redis {
  return new Proxy(client, {
    get: (target, name) => {
      if (typeof name === 'string' && Object.hasOwn(calls, name)) return calls[name]
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

const publisher = (pub: Redis) => async (channel: string, message: string | Buffer) => {
  const { stream } = pub as unknown as { stream?: { writableLength: number } }
  if (pub.status !== 'ready' || (stream?.writableLength ?? 0) > mostWaitingBytes) return 0
  return pub.publish(channel, message).catch(() => 0)
}

/** The client remembers the requested subscriptions and renews them with each connection. */
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

const watchEveryMs = 3_000

/**
 * A connection that is dead but was not closed (after a network failure) would count as alive for a quarter of an hour.
 * So each connection is pinged from time to time. One that has not answered before the next ping is replaced, with its
 * subscriptions.
 */
function watch(client: Redis): NodeJS.Timeout {
  let unanswered = false
  const timer = setInterval(() => {
    const { status } = client
    // In the state `connect` the socket is open and the client waits for Redis to become ready. Nothing else limits
    // that wait.
    if (status !== 'ready' && status !== 'connect') return void (unanswered = false)
    if (unanswered) {
      unanswered = false
      return client.disconnect(true)
    }
    unanswered = true
    const answered = () => (unanswered = false)
    if (status === 'ready')
      client.ping().then(answered, error => {
        // A user without the right to PING gets an answer too.
        if (error instanceof ReplyError) answered()
      })
  }, watchEveryMs)
  timer.unref()
  return timer
}

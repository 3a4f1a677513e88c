import { createHash } from 'node:crypto'
import { Redis, ReplyError } from 'ioredis'
import type { Logger } from '../kernel/logger.ts'
import { createHearing, type Hearing } from './redis-hearing.ts'

/** What the Socket.IO adapter wants of Redis: two connections, and a prefix that no other cluster uses. */
export interface RedisLink {
  pub: Redis
  sub: Redis
  prefix: string
  /** Both connections are usable, as far as they know. */
  readonly ready: boolean
  /**
   * Whether instances hear each other through it: null, or why not. Rejected when Redis does not answer within a second.
   */
  check(): Promise<string | null>
  close(): void
}

/** A command that is not answered by then has failed: nobody waits for a frozen Redis. */
const commandTimeoutMs = 1_000
const connectTimeoutMs = 2_000
/** Bytes that may wait for a Redis that does not read; what comes then is dropped, for all of it is hints. */
const mostWaitingBytes = 4 * 1024 * 1024
const mostRetryMs = 1_000

/**
 * Connections to Redis that come back by themselves, for ever. Nothing here rejects or throws at whoever publishes:
 * Redis only makes things faster, so that it is gone is a line in the log and a degraded health check.
 *
 * @param secret that all instances of a cluster share: the prefix is derived from it, so that two clusters on one Redis
 *   do not hear each other
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
  // Its few subscriptions wait for the connection, however long that takes, and are renewed with each new one.
  const sub = new Redis(url, { ...shared, maxRetriesPerRequest: null })

  let reachable = true
  for (const client of [pub, sub]) {
    client.on('error', error => {
      if (reachable) log.warn({ err: error }, 'Redis cannot be reached; events go on from PostgreSQL')
      reachable = false
    })
    client.on('ready', () => {
      if (!reachable) log.info('Redis is back')
      reachable = true
    })
  }
  const watches = [pub, sub].map(watch)
  const hearing = createHearing(pub, sub)

  return {
    pub: neverRejecting(pub, { publish: publisher(pub) }),
    sub: neverRejecting(sub, subscriptions(sub, hearing)),
    prefix: `taskwire-${createHash('sha256').update(`redis prefix\0${secret}`).digest('hex').slice(0, 16)}`,
    get ready() {
      return pub.status === 'ready' && sub.status === 'ready'
    },
    check: hearing.check,
    close: () => {
      watches.forEach(clearInterval)
      pub.disconnect()
      sub.disconnect()
    },
  }
}

/** The adapter does not look at what becomes of its calls: without this, each that fails is an unhandled rejection. */
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

/** A subscription that was asked for is kept in mind by the client, and renewed whenever it connects. */
const subscriptions = (sub: Redis, hearing: Hearing) => {
  const quietly = (name: 'subscribe' | 'psubscribe' | 'unsubscribe' | 'punsubscribe') => {
    const call = sub[name].bind(sub) as (...channels: unknown[]) => Promise<unknown>
    return (...channels: unknown[]) => {
      if (name === 'subscribe' || name === 'psubscribe') hearing.note(name, channels.flat().map(String))
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
 * A line that is dead without having been closed (a network that was cut) would be believed for a quarter of an hour. So
 * each is asked now and then, and one that has not answered by the next time starts over, with its subscriptions.
 */
function watch(client: Redis): NodeJS.Timeout {
  let unanswered = false
  const timer = setInterval(() => {
    const { status } = client
    // `connect`: it has a line and waits for Redis to say that it is ready, which nothing else bounds.
    if (status !== 'ready' && status !== 'connect') return void (unanswered = false)
    if (unanswered) {
      unanswered = false
      return client.disconnect(true)
    }
    unanswered = true
    const answered = () => (unanswered = false)
    if (status === 'ready')
      client.ping().then(answered, error => {
        // A user without the right to ask is answered too.
        if (error instanceof ReplyError) answered()
      })
  }, watchEveryMs)
  timer.unref()
  return timer
}

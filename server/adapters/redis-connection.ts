import { createHash } from 'node:crypto'
import { type Redis, ReplyError } from 'ioredis'

/** A command without an answer after this time has failed, so nothing waits for a frozen Redis. */
export const commandTimeoutMs = 1_000
const connectTimeoutMs = 2_000
/**
 * The bytes that may wait for a Redis that does not read. Further messages are dropped, because all of them are hints.
 */
const mostWaitingBytes = 4 * 1024 * 1024
const mostRetryMs = 1_000
const watchEveryMs = 3_000

/** Milliseconds until the next attempt to connect. */
export const retryDelay = (times: number) =>
  Math.min(50 * 2 ** Math.min(times, 10), mostRetryMs) * (0.5 + Math.random() / 2)

/** For every connection. */
export const connectionOptions = { connectTimeout: connectTimeoutMs, keepAlive: 5_000 }

/** For connections that send commands. What fails is not sent again. */
export const commandOptions = {
  commandTimeout: commandTimeoutMs,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
}

/** Derived from the secret that all instances share, so that others on the same Redis have other names. */
export const nameOf = (secret: string): string =>
  createHash('sha256').update(`redis prefix\0${secret}`).digest('hex').slice(0, 16)

/** Whether so much waits for this connection that messages are to be dropped. */
export function isCongested(connection: Redis): boolean {
  const { stream } = connection as unknown as { stream?: { writableLength: number } }
  return (stream?.writableLength ?? 0) > mostWaitingBytes
}

/** The same client with some calls replaced. */
export function withCalls<T extends object>(client: T, calls: Record<string, unknown>): T {
  return new Proxy(client, {
    get: (target, name) => {
      if (typeof name === 'string' && Object.hasOwn(calls, name)) return calls[name]
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/**
 * A connection that is dead but was not closed (after a network failure) would count as alive for a quarter of an hour.
 * So each connection is pinged from time to time. One that has not answered before the next ping is replaced, with its
 * subscriptions. Returns what ends that.
 */
export function watch(connections: () => readonly Redis[]): () => void {
  const unanswered = new WeakSet<Redis>()
  function look(client: Redis) {
    const { status } = client
    // In the state `connect` the socket is open and the client waits for Redis to become ready. Nothing else limits
    // that wait.
    if (status !== 'ready' && status !== 'connect') return void unanswered.delete(client)
    if (unanswered.delete(client)) return client.disconnect(true)
    unanswered.add(client)
    const answered = () => void unanswered.delete(client)
    if (status === 'ready')
      client.ping().then(answered, error => {
        // A user without the right to PING gets an answer too.
        if (error instanceof ReplyError) answered()
      })
  }
  const timer = setInterval(() => connections().forEach(look), watchEveryMs)
  timer.unref()
  return () => clearInterval(timer)
}

import { createAdapter, createShardedAdapter } from '@socket.io/redis-adapter'
import type { Logger } from '../../kernel/logger.ts'
import type { Peers } from '../../ports/peers.ts'
import type { SocketServer } from './member.ts'

/** The two connections and the prefix that the adapter gets (adapters/redis.ts). */
export interface RedisClients {
  pub: unknown
  sub: unknown
  channelPrefix: string
  sharded: boolean
}

/**
 * Exchanges messages with the other instances through the Redis adapter (`serverSideEmit` reaches all instances except
 * the sender). No events go through it: each instance sends to its own sockets what it reads from the log.
 */
export function createPeers(io: SocketServer, redis: RedisClients, log: Logger): Peers {
  const { pub, sub, channelPrefix, sharded } = redis
  // No code waits for answers of other instances, so no request can hang on a frozen one. `static`: rooms need no
  // channels, because nothing is broadcast through Redis.
  io.adapter(
    sharded
      ? createShardedAdapter(pub, sub, { channelPrefix, subscriptionMode: 'static' })
      : createAdapter(pub, sub, { key: channelPrefix }),
  )
  return {
    send: (topic, message) => void io.serverSideEmit(topic, message),
    on: (topic, listener) =>
      void io.on(
        topic as never,
        ((message: never) => {
          try {
            listener(message)
          } catch (error) {
            log.error({ err: error, topic }, 'a message of another instance could not be processed')
          }
        }) as never,
      ),
  }
}

import { EventEmitter } from 'node:events'
import type { Redis } from 'ioredis'
import type { Logger } from '../kernel/logger.ts'
import { retryDelay } from './redis-connection.ts'

export interface NodeAddress {
  host: string
  port: number
}

export interface ShardSubscriber {
  on(event: string, listener: (...args: never[]) => void): unknown
  ssubscribe(...channels: string[]): Promise<unknown>
  sunsubscribe(...channels: (string | string[])[]): Promise<unknown>
  readonly ready: boolean
  /** The connection, when there is one. */
  connections(): readonly Redis[]
  close(): void
}

/**
 * Subscriptions to sharded channels that all belong to one slot: one connection, to the node that has the slot now.
 * When it ends or the slot moves, the subscriptions are renewed at the node that `open` finds then. The one of ioredis
 * is not used: nothing shows its connections, so one that is dead but not closed would stay.
 *
 * @param open a connection that does not reconnect, to this address, or else to the node that has the slot as far as is
 *   known; null while none is
 */
export function createShardSubscriber(open: (address?: NodeAddress) => Redis | null, log: Logger): ShardSubscriber {
  const events = new EventEmitter()
  const channels = new Set<string>()
  let node: Redis | null = null
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let failures = 0
  let movedTo: NodeAddress | undefined

  /** The adapter throws at what is not a message of its kind, and that would end the instance. */
  function receive(channel: Buffer, message: Buffer) {
    try {
      events.emit('smessageBuffer', channel, message)
    } catch (error) {
      log.warn({ err: error, channel: String(channel) }, 'a message from Redis could not be read')
    }
  }

  function again() {
    node = null
    if (!closed) timer = setTimeout(start, retryDelay(failures++)).unref()
  }

  function start() {
    const opened = open(movedTo)
    movedTo = undefined
    if (!opened) return again()
    node = opened
    opened.on('smessageBuffer', receive)
    // Sent by the client when the slot is at another node.
    opened.on('moved', () => opened.disconnect())
    opened.on('ready', () => {
      if (channels.size > 0) void subscribe(opened, channels)
    })
    opened.once('end', again)
  }

  async function subscribe(connection: Redis, names: Iterable<string>) {
    try {
      await connection.ssubscribe(...names)
      failures = 0
    } catch (error) {
      // A right that is lacking is asked for by the channel check; anything else is tried at a new connection.
      const { message } = error as Error
      const [, host, port] = /^MOVED \d+ (.+):(\d+)$/.exec(message) ?? []
      if (host && port) movedTo = { host, port: Number(port) }
      if (!message.startsWith('NOPERM')) connection.disconnect()
    }
  }

  start()
  return {
    on: (event, listener) => events.on(event, listener as () => void),
    async ssubscribe(...names) {
      for (const name of names) channels.add(name)
      if (node?.status === 'ready') await subscribe(node, names)
    },
    async sunsubscribe(...names) {
      const gone = names.flat()
      for (const name of gone) channels.delete(name)
      if (node?.status === 'ready') await node.sunsubscribe(...gone).catch(() => 0)
    },
    get ready() {
      return node?.status === 'ready'
    },
    connections: () => (node ? [node] : []),
    close: () => {
      closed = true
      clearTimeout(timer)
      node?.disconnect()
    },
  }
}

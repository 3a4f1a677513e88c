import { Cluster, Command, Redis, ReplyError } from 'ioredis'
import type { Logger } from '../kernel/logger.ts'
import type { RedisClusterAddress } from '../kernel/redis-url.ts'
import { createChannelCheck } from './redis-channel-check.ts'
import {
  commandOptions,
  commandTimeoutMs,
  connectionOptions,
  isCongested,
  nameOf,
  retryDelay,
  watch,
  withCalls,
} from './redis-connection.ts'
import { createShardSubscriber } from './redis-shard-subscriber.ts'
import type { RedisLink } from './redis-link.ts'

const slots = 16_384
/** How often the client asks which node has which keys, and connects to nodes that were away. */
const refreshEveryMs = 2_000

/** Connections to a Redis Cluster of version 7 or newer. A node that is away takes only its part of the keys away. */
export function connectRedisCluster(address: RedisClusterAddress, secret: string, log: Logger): RedisLink {
  const { nodes, tls, ...login } = address
  const shared = { ...connectionOptions, ...login, ...(tls && { tls: {} }) }
  // No command is tried again after a time: nobody waits for a node that is away.
  const pub = new Cluster(nodes, {
    clusterRetryStrategy: retryDelay,
    enableOfflineQueue: false,
    maxRedirections: 3,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    // Its timer goes on after `close` when the answer of a node comes later.
    slotsRefreshInterval: 0,
    slotsRefreshTimeout: commandTimeoutMs,
    // Certificates are for names.
    dnsLookup: (host, callback) => callback(null, host),
    redisOptions: { ...shared, ...commandOptions },
  })
  logNodes(pub, log)
  keepConnected(pub)
  const refresh = setInterval(() => pub.status === 'ready' && pub.refreshSlotsCache(() => {}), refreshEveryMs).unref()

  const ownerOf = (slot: number): string | undefined => pub.slots[slot]?.[0]
  const nodeNamed = (name: string | undefined) => pub.nodes().find(node => nameOfNode(node) === name)
  const partOf = (key: string) => {
    const name = ownerOf(slotOf(key))
    const status = pub.status === 'ready' ? nodeNamed(name)?.status : undefined
    return { name: name ?? 'no node', ready: status === 'ready' || status === 'wait' }
  }

  const prefix = nameOf(secret)
  // All channels in one slot, by what is in the braces.
  const channelPrefix = `taskwire-{${prefix}}`
  const channelSlot = slotOf(channelPrefix)
  const sub = createShardSubscriber(named => {
    const { host, port } = named ?? nodeNamed(ownerOf(channelSlot))?.options ?? {}
    if (host === undefined || port === undefined) return null
    const connection = new Redis({ ...shared, host, port, retryStrategy: () => null, maxRetriesPerRequest: null })
    // The connection that publishes to the same node reports it.
    return connection.on('error', () => {})
  }, log)
  const endWatch = watch(() => [...pub.nodes('master'), ...sub.connections()])
  const channelCheck = createChannelCheck(
    sub,
    () => sub.ready,
    (channel, message) => pub.spublish(channel, message),
  )

  return {
    pub: withCalls(pub, {
      async spublish(channel: string, message: string | Buffer) {
        const node = nodeNamed(ownerOf(channelSlot))
        return !node || isCongested(node) ? 0 : pub.spublish(channel, message).catch(() => 0)
      },
    }),
    sub: {
      on: sub.on,
      sunsubscribe: sub.sunsubscribe,
      ssubscribe(...channels: string[]) {
        channelCheck.note('ssubscribe', channels)
        return sub.ssubscribe(...channels)
      },
    },
    prefix: `taskwire-${prefix}`,
    channelPrefix,
    sharded: true,
    get ready() {
      return pub.status === 'ready' && sub.ready
    },
    partOf,
    nodes: () => (pub.status === 'ready' ? pub.nodes('master') : []),
    async check() {
      const owned = Array.from({ length: slots }, (_, slot) => ownerOf(slot)).filter(name => name !== undefined)
      const owners = [...new Set(owned)]
      const [silent, heard] = await Promise.all([
        findSilent(owners, nodeNamed),
        channelCheck.check().catch(error => error as Error),
      ])
      if (heard instanceof Error && silent.length === owners.length) throw heard
      if (silent.length > 0)
        return `${silent.length} of ${owners.length} nodes with keys do not serve them: ${silent.join(', ')}`
      if (owned.length < slots) return `${slots - owned.length} of ${slots} slots have no node`
      if (heard instanceof Error) throw heard
      return heard
    },
    close: () => {
      endWatch()
      clearInterval(refresh)
      sub.close()
      pub.disconnect()
    },
  }
}

const slotOf = (key: string) => new Command('get', [key]).getSlot() ?? 0

const nameOfNode = ({ options: { host, port } }: Redis) => `${host}:${port}`

/** Those of the nodes that do not answer, or do not serve their keys: one that was started has to find the others. */
async function findSilent(names: string[], nodeNamed: (name: string) => Redis | undefined): Promise<string[]> {
  const serves = async (node: Redis) => {
    try {
      return String(await node.cluster('INFO')).includes('cluster_state:ok')
    } catch (error) {
      // A user without the right to ask gets an answer too.
      return error instanceof ReplyError
    }
  }
  const answers = await Promise.all(names.map(name => nodeNamed(name)).map(node => node !== undefined && serves(node)))
  return names.filter((_, nth) => !answers[nth])
}

/** Connects before the first command, which would find the node not ready. */
function keepConnected(pub: Cluster): void {
  const connect = () => {
    if (pub.status !== 'ready') return
    for (const node of pub.nodes()) if (node.status === 'wait') node.connect().catch(() => {})
  }
  pub.on('ready', connect)
  pub.on('+node', () => setImmediate(connect))
}

/** One line when a node is lost, and one when it is back. */
function logNodes(pub: Cluster, log: Logger): void {
  const lost = new Set<string>()
  // Without a listener the client writes to the console. Its nodes have reported the same.
  pub.on('error', () => {})
  pub.on('node error', (err: Error, node: string) => {
    // An answer that failed on a connection that works; nothing would report it as back.
    const isConnected = pub.nodes().some(one => nameOfNode(one) === node && one.status === 'ready')
    if (lost.has(node) || isConnected) return
    lost.add(node)
    log.warn({ err, node }, 'a node of the Redis Cluster cannot be reached; instances do without its part')
  })
  pub.on('+node', (connection: Redis) =>
    connection.on('ready', () => {
      const node = nameOfNode(connection)
      if (lost.delete(node)) log.info({ node }, 'a node of the Redis Cluster is back')
    }),
  )
}

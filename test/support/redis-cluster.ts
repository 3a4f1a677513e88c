import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { randomBytes, randomInt } from 'node:crypto'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Redis } from 'ioredis'
import { startRedisServer } from '../../server/embedded/redis-server.ts'
import { eventually } from './eventually.ts'

/** A Redis Cluster of three masters without replicas. */
export interface RedisClusterControl {
  /** Names two of the nodes; the client has to find the third. */
  url: string
  nodes: RedisNode[]
  /** The node with the channels of instances. */
  nodeOfChannels(): Promise<RedisNode>
  /** Gives the slot of a key to another node, as resharding does. It must have no keys. */
  moveSlot(key: string, from: RedisNode, to: RedisNode): Promise<void>
  /** Starts what does not run, and waits until all keys are served. */
  heal(): Promise<void>
  stop(): Promise<void>
}

export interface RedisNode {
  /** host:port */
  name: string
  client: Redis
  /** kill -9; resolves when the other nodes have noticed. */
  kill(): Promise<void>
  restart(): Promise<void>
  /** Keeps its connections open and answers nothing. */
  freeze(): void
  thaw(): void
}

const count = 3
const slots = 16_384
/** A node that is silent for this long is taken for dead by the others, which go on without its part. */
const settings = ['cluster-enabled yes', 'cluster-node-timeout 500', 'cluster-require-full-coverage no']

/** @throws {StartError} when there is no Redis to start */
export async function startRedisCluster(): Promise<RedisClusterControl> {
  const password = randomBytes(24).toString('hex')
  // Below the ports that the kernel assigns to outgoing connections.
  const busPorts = randomInt(30_000, 32_700)
  const nodes: (RedisNode & { busPort: number; stop(): Promise<void> })[] = []
  for (let nth = 0; nth < count; nth++) nodes.push(await startNode(busPorts + nth))
  const clients = nodes.map(({ client }) => client)

  const untilWhole = () =>
    eventually(async () => {
      for (const client of clients) {
        const info = String(await client.cluster('INFO'))
        assert.match(info, /cluster_state:ok/)
        assert.match(info, new RegExp(`cluster_slots_ok:${slots}`))
      }
    })
  // First for all: a node that another one has met takes no number any more.
  for (const [nth, client] of clients.entries()) await client.cluster('SET-CONFIG-EPOCH', nth + 1)
  for (const [nth, client] of clients.entries()) {
    const first = Math.ceil((slots * nth) / count)
    await client.call('CLUSTER', 'ADDSLOTSRANGE', first, Math.ceil((slots * (nth + 1)) / count) - 1)
    for (const { name, busPort } of nodes) {
      const [host, port] = name.split(':')
      await client.call('CLUSTER', 'MEET', host!, port!, busPort)
    }
  }
  await untilWhole()

  return {
    url: `redis+cluster://:${password}@${nodes[0]!.name},${nodes[1]!.name}`,
    nodes,
    nodeOfChannels: () =>
      eventually(async () => {
        const channels = await Promise.all(clients.map(client => client.call('PUBSUB', 'SHARDCHANNELS')))
        const found = nodes[channels.findIndex(names => (names as string[]).length > 0)]
        assert.ok(found)
        return found
      }),
    moveSlot: async (key, from, to) => {
      const slot = await clients[0]!.cluster('KEYSLOT', key)
      const idOf = async ({ client }: RedisNode) => String(await client.call('CLUSTER', 'MYID'))
      // A node that imports a slot takes a new epoch with it. Otherwise a message that is still on its way from the
      // node before could give the slot back, on some nodes for ever.
      await to.client.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', await idOf(from))
      const id = await idOf(to)
      // The new owner first, so that nobody is sent to a node that does not know it yet.
      for (const client of [to.client, ...clients.filter(other => other !== to.client)])
        await client.call('CLUSTER', 'SETSLOT', slot, 'NODE', id)
    },
    heal: async () => {
      for (const { client, thaw, restart } of nodes) {
        thaw()
        if (client.status !== 'ready') await restart()
      }
      await untilWhole()
    },
    stop: async () => void (await Promise.all(nodes.map(node => node.stop()))),
  }

  async function startNode(busPort: number) {
    const dir = await mkdtemp(path.join(tmpdir(), `taskwire-test-${process.pid}-`))
    const own = [...settings, `cluster-port ${busPort}`]
    let server = await startRedisServer({ dir, settings: own })
    const url = Object.assign(new URL(server.url), { password }).href
    const first = new Redis(server.url)
    await first.config('SET', 'requirepass', password)
    first.disconnect()
    const client = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: 1 })
    client.on('error', () => {})
    const name = `127.0.0.1:${server.port}`
    return {
      name,
      busPort,
      client,
      kill: async () => {
        await server.stop()
        await eventually(async () => {
          for (const other of nodes.filter(node => node.name !== name))
            assert.match(String(await other.client.cluster('NODES')), new RegExp(`${name}@.* master,fail `))
        })
      },
      restart: async () => {
        server = await startRedisServer({ dir, settings: own, url })
        await eventually(() => assert.equal(client.status, 'ready'))
      },
      freeze: () => server.signal('SIGSTOP'),
      thaw: () => server.signal('SIGCONT'),
      stop: async () => {
        client.disconnect()
        await server.stop()
        await rm(dir, { recursive: true, force: true })
      },
    }
  }
}

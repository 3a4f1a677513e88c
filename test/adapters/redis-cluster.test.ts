import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createCache } from '../../server/adapters/cache-memory.ts'
import { createSharedEntries, type SharedEntries } from '../../server/adapters/cache-redis.ts'
import { renewing } from '../../server/adapters/redis-channel-check.ts'
import { createRedisCounters } from '../../server/adapters/counters-redis.ts'
import type { RedisLink } from '../../server/adapters/redis-link.ts'
import { connectRedis } from '../../server/adapters/redis.ts'
import { createPeers, createSocketServer } from '../../server/faces/socket/index.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { noPeers } from '../../server/ports/peers.ts'
import { eventually } from '../support/eventually.ts'
import { useRedisCluster } from '../support/redis.ts'

/** Enough that each of three nodes has some. */
const keys = Array.from({ length: 30 }, (_, nth) => `key ${nth}`)
const amounts = (counts: { amount: number }[]) => counts.map(({ amount }) => amount)

describe('a Redis Cluster', function () {
  this.timeout(120_000)
  const redis = useRedisCluster()
  const log = createLogger({ level: 'silent', pretty: false })
  const links: RedisLink[] = []
  before(function () {
    if (!redis()) this.skip()
  })
  afterEach(async () => {
    for (const link of links.splice(0)) link.close()
    await redis().heal()
  })

  async function connect(secret: string) {
    const link = connectRedis(redis().url, secret, log)
    links.push(link)
    await eventually(() => assert.deepEqual([link.ready, link.nodes().length], [true, 3]))
    return link
  }
  /** Two instances, or more, of one cluster. */
  const pair = async <T>(create: (link: RedisLink) => T, secret = String(Math.random())): Promise<[T, T]> => [
    create(await connect(secret)),
    create(await connect(secret)),
  ]

  async function talk(secret?: string) {
    const [one, other] = await pair(link => createPeers(createSocketServer(), link, log), secret)
    const heard: number[][] = [[], []]
    for (const [nth, peers] of [one, other].entries()) peers.on('topic', (message: never) => heard[nth]!.push(message))
    await untilHealthy()
    return { send: (message: number) => one.send('topic', message), heard }
  }
  /** Nothing is read while a connection is being made, so it is asked until there is an answer. */
  const generationOf = (entries: SharedEntries) =>
    eventually(async () => {
      const read = await entries.read('key')
      assert.ok(read)
      return read.generation
    })
  const untilHealthy = () =>
    eventually(async () => {
      for (const link of links) assert.equal(await link.check(), null)
    })
  /** What one sends arrives; what was sent before may be lost. */
  const arrives = ({ send, heard }: Awaited<ReturnType<typeof talk>>, message: number) =>
    eventually(() => {
      send(message)
      assert.ok(heard[1]!.includes(message))
    })

  it('[RC1] passes messages to the other instances, in order, and not to those of another cluster of instances', async () => {
    const [{ send, heard }, stranger] = [await talk('a'), await talk('b')]
    const sent = Array.from({ length: 100 }, (_, nth) => nth)
    sent.forEach(send)
    await eventually(() => assert.deepEqual(heard, [[], sent]))
    assert.deepEqual(stranger.heard, [[], []])
  })

  it('[RC1] counts on every node, once for all instances, and forgets on every node', async () => {
    // For how many nodes an instance counts alone, as it does when an answer of Redis takes too long.
    let away = 0
    let wasAway = false
    const noting: typeof log = Object.assign(Object.create(log), {
      warn: () => {
        away++
        wasAway = true
      },
      info: () => away--,
    })
    const [one, other] = await pair(link => createRedisCounters(link, 60, noting))
    const countAndForget = async () => {
      await other.forget([])
      one.forgetHere([])
      await Promise.all(keys.map(key => one.add(`${key}:x`, 2)))
      assert.deepEqual(
        amounts(await Promise.all(keys.map(key => other.add(`${key}:x`, 1)))),
        keys.map(() => 3),
      )
      assert.equal(await other.forget([keys[0]!, `${keys[1]}:x`]), 2)
      assert.deepEqual(
        amounts(await Promise.all(keys.map(key => one.read(`${key}:x`)))),
        keys.map((_, nth) => (nth < 2 ? 0 : 3)),
      )
      await other.forget([])
      assert.deepEqual(
        amounts(await Promise.all(keys.map(key => one.read(`${key}:x`)))),
        keys.map(() => 0),
      )
    }
    for (;;) {
      wasAway = away > 0
      try {
        return await countAndForget()
      } catch (error) {
        if (!wasAway) throw error
      }
    }
  })

  it('[RC1] shares answers on every node, and clears them on every node', async () => {
    const caches = await pair(link =>
      createCache({ peers: noPeers, shared: createSharedEntries(link), count: () => {} }),
    )
    let found = 0
    const fill = async (nth: number) => {
      for (const key of keys) await caches[nth]!.get(key, async () => ++found, { ms: 60_000 })
      return found
    }
    assert.deepEqual([await fill(0), await fill(1)], [keys.length, keys.length])
    assert.equal((await caches[0].stats()).keys, keys.length)
    assert.equal(await caches[0].clear({ pattern: 'key ?' }), 10)
    assert.equal((await caches[0].stats()).keys, keys.length - 10)
    await caches[0].clear({ all: true })
    for (const { client } of redis().nodes) assert.deepEqual(await client.keys('*:cache:*'), [])
  })

  it('[RC2] counts the keys of a node that is killed on each instance, at once, and all others together', async () => {
    const [one, other] = await pair(link => createRedisCounters(link, 60, log))
    const lost = redis().nodes[2]!
    const isLost = keys.map(key => links[0]!.partOf(`${links[0]!.prefix}:limit:${key}`).name === lost.name)
    assert.ok(isLost.includes(true) && isLost.includes(false))
    await lost.kill()
    const count = async () => {
      for (const key of keys) await one.add(key, 2)
      return amounts(await Promise.all(keys.map(key => other.add(key, 1))))
    }
    assert.deepEqual(
      await count(),
      isLost.map(lostOne => (lostOne ? 1 : 3)),
    )
    assert.match(String(await links[0]!.check()), new RegExp(`^1 of 3 nodes .*: ${lost.name}$`))
    await lost.restart()
    await eventually(async () => {
      await one.forget([])
      await other.forget([])
      assert.deepEqual(
        await count(),
        keys.map(() => 3),
      )
    })
    await untilHealthy()
  })

  it('[RC2] waits for a node that is frozen once, and for no other', async () => {
    const [one] = await pair(link => createRedisCounters(link, 60, log))
    const [frozen] = redis().nodes
    for (const key of keys) await one.add(key, 1)
    frozen!.freeze()
    const counted = await Promise.all(keys.map(key => one.add(key, 1)))
    assert.deepEqual(
      amounts(counted),
      keys.map(() => 2),
    )
    const began = performance.now()
    for (const key of keys) await one.add(key, 1)
    assert.ok(performance.now() - began < 1_000, 'afterwards nobody waits')
    frozen!.thaw()
    await untilHealthy()
  })

  it('[RC2] finds no answers while the node with the generation is away, and none of before when it is back empty', async () => {
    const link = await connect('a')
    const { prefix, partOf } = link
    const entries = createSharedEntries(link)
    const generation = await generationOf(entries)
    for (const key of keys) await entries.write(key, 'an answer', 60_000, generation)
    const { name } = partOf(`${prefix}:cache-epoch`)
    const node = redis().nodes.find(one => one.name === name)!
    await node.kill()
    for (const key of keys) assert.equal(await entries.read(key), null)
    await node.restart()
    await eventually(async () => assert.ok(await entries.read('key')))
    assert.ok((await entries.keys()).length > 0, 'some are on other nodes')
    for (const key of keys) await eventually(async () => assert.equal((await entries.read(key))?.found, null))
    await untilHealthy()
  })

  it('[RC2] asks for no answer while the node with it, or with the generation, is away', async () => {
    const link = await connect('a')
    const generation = await generationOf(createSharedEntries(link))
    const entry = `${link.prefix}:cache:key`
    for (const away of [entry, `${link.prefix}:cache-epoch`]) {
      const entries = createSharedEntries({ ...link, partOf: key => ({ name: key, ready: key !== away }) })
      assert.equal(await entries.read('key'), null)
      await entries.write('key', 'an answer', 60_000, generation)
      assert.equal(await link.pub.exists(entry), 0)
    }
  })

  it('[RC2] names every node as degraded when the others stop serving too', async () => {
    const link = await connect('a')
    const [lost, ...others] = redis().nodes
    for (const { client } of others) await client.config('SET', 'cluster-require-full-coverage', 'yes')
    try {
      await lost!.kill()
      await eventually(async () => {
        const reason = await link.check()
        assert.match(String(reason), /^3 of 3 nodes with keys do not serve them: /)
        for (const { name } of redis().nodes) assert.ok(reason!.includes(name))
      })
    } finally {
      for (const { client } of others) await client.config('SET', 'cluster-require-full-coverage', 'no')
    }
  })

  it('[RC3] says that the connection which listens is being renewed, while it cannot log in', async () => {
    await talk()
    const { client } = await redis().nodeOfChannels()
    const [, password] = (await client.config('GET', 'requirepass')) as [string, string]
    await client.config('SET', 'requirepass', 'another')
    try {
      await client.client('KILL', 'TYPE', 'PUBSUB')
      await eventually(async () => assert.equal(await links[0]!.check(), renewing))
    } finally {
      await client.config('SET', 'requirepass', password)
    }
    await untilHealthy()
  })

  it('[RC1] lets a process end when it closes the connections while it asks which node has which keys', async () => {
    const program = new URL('redis-cluster-close.ts', import.meta.url)
    const child = spawn(process.execPath, [fileURLToPath(program), redis().url], { stdio: 'inherit', timeout: 20_000 })
    assert.deepEqual(await once(child, 'exit'), [0, null])
  })

  it('[RC3] follows the channels to another node', async () => {
    const between = await talk()
    const node = await redis().nodeOfChannels()
    const to = redis().nodes.find(other => other !== node)!
    await redis().moveSlot(links[0]!.channelPrefix, node, to)
    await arrives(between, 1)
    assert.equal(await redis().nodeOfChannels(), to)
    await untilHealthy()
    await redis().moveSlot(links[0]!.channelPrefix, to, node)
  })

  it('[RC4] survives messages that no instance has sent', async () => {
    const between = await talk()
    const { client } = await redis().nodeOfChannels()
    for (const channel of (await client.call('PUBSUB', 'SHARDCHANNELS')) as string[])
      for (const text of ['', '{', '{}', 'null', '[]', '{"type":5,"nsp":"/"}', '\u00c1'])
        await client.spublish(channel, text)
    await arrives(between, 1)
  })
})

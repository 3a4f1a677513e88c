import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Writable } from 'node:stream'
import type { Cluster } from 'ioredis'
import { connectRedis } from '../../server/adapters/redis.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { eventually } from '../support/eventually.ts'
import { useRedisCluster } from '../support/redis.ts'

describe('the log of a Redis Cluster', function () {
  this.timeout(120_000)
  const redis = useRedisCluster()

  it('[RC2] says that a node is lost and is back, and does not call one lost whose connection works', async () => {
    const lines: string[] = []
    const destination = new Writable({
      write(chunk, _, done) {
        const { msg, node } = JSON.parse(String(chunk))
        if (node) lines.push(`${node} ${msg}`)
        done()
      },
    })
    const log = createLogger({ level: 'info', pretty: false, destination })
    const link = connectRedis(redis().url, 'a secret for tests', log)
    try {
      const statusOfNodes = () => link.nodes().map(({ status }) => status)
      await eventually(() => assert.deepEqual([link.ready, statusOfNodes()], [true, ['ready', 'ready', 'ready']]))
      const setPassword = async (password: string) => {
        for (const { client } of redis().nodes) await client.config('SET', 'requirepass', password)
      }
      // New connections fail, also those with which the client asks who has which keys, and all others go on.
      await setPassword('another')
      await once(link.pub as Cluster, 'node error')
      await setPassword(new URL(redis().url.split(',')[0]!).password)
      assert.deepEqual(lines, [])

      const { name, kill, restart } = redis().nodes[0]!
      await kill()
      await eventually(() => assert.equal(lines.length, 1))
      await restart()
      await eventually(() => assert.equal(lines.length, 2))
      assert.match(lines.join('\n'), new RegExp(`^${name} .* cannot be reached.*\n${name} .* is back$`))
    } finally {
      link.close()
    }
  })
})

import assert from 'node:assert/strict'
import { Redis } from 'ioredis'
import { removeKeys } from '../../server/adapters/redis-keys.ts'
import { useRedis } from '../support/redis.ts'

const keys = Array.from({ length: 1_200 }, (_, nth) => `key ${nth}`)

describe('keys of one Redis', () => {
  const redis = useRedis()
  let client: Redis
  before(() => void (client = new Redis(redis().url)))
  after(() => client.disconnect())

  const countOf = async (what: string) =>
    Number(new RegExp(`cmdstat_unlink:.*\\b${what}=(\\d+)`).exec(await client.info('commandstats'))?.[1])

  it('[CA3] are removed many at once, and counted', async () => {
    await client.mset(keys.slice(1).flatMap(key => [key, 'x']))
    assert.equal(await removeKeys(client, keys), keys.length - 1)
    assert.equal(await client.dbsize(), 0)
    assert.ok((await countOf('calls')) < 10)
  })

  it('[CA3] are given up after some commands that Redis refuses', async () => {
    await client.config('RESETSTAT')
    await client.call('ACL', 'SETUSER', 'weak', 'reset', 'on', '>x', '~*', '+@all', '-unlink')
    const weak = new Redis(Object.assign(new URL(redis().url), { username: 'weak', password: 'x' }).href)
    try {
      assert.equal(await removeKeys(weak, keys), 0)
      assert.ok((await countOf('rejected_calls')) < 5)
    } finally {
      weak.disconnect()
    }
  })
})

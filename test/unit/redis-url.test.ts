import assert from 'node:assert/strict'
import { describeRedisUrl, isRedisUrl, parseClusterUrl } from '../../server/kernel/redis-url.ts'

describe('REDIS_URL', () => {
  it('[RC5] names a cluster by one node or more, with the login for all of them', () => {
    assert.deepEqual(parseClusterUrl('redis+cluster://one:7000,two,[::1]:7002/'), {
      nodes: [
        { host: 'one', port: 7000 },
        { host: 'two', port: 6379 },
        { host: '::1', port: 7002 },
      ],
      tls: false,
    })
    assert.deepEqual(parseClusterUrl('rediss+cluster://app:p%40ss@one:7000'), {
      nodes: [{ host: 'one', port: 7000 }],
      tls: true,
      username: 'app',
      password: 'p@ss',
    })
  })

  for (const text of ['redis://:secret@one:6379/2', 'rediss://one', 'redis+cluster://:secret@one:6379'])
    it(`[RC5] may be ${text}`, () => {
      assert.ok(isRedisUrl(text))
      assert.doesNotMatch(describeRedisUrl(text), /secret/)
      assert.match(describeRedisUrl(text), /one/)
    })

  for (const text of [
    'http://one',
    'one:6379',
    'redis+cluster://',
    'redis+cluster://a:x,b',
    'redis+cluster://a,/1',
    'redis+cluster://a/1',
    'redis+cluster://a?b=c',
    'redis+cluster://a,,b',
    'redis+cluster://a:b@',
    'redis+cluster://:50%off@a',
    'redis://:50%off@a',
  ])
    it(`[RC5] must not be ${text}`, () => assert.equal(isRedisUrl(text), false))
})

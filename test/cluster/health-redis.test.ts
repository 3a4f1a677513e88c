import assert from 'node:assert/strict'
import { Redis } from 'ioredis'
import { connectRedis } from '../../server/adapters/redis.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { createPeers, createSocketServer } from '../../server/faces/socket/index.ts'
import { eventually } from '../support/eventually.ts'
import { expect, startServer } from '../support/server.ts'
import { useRedis } from '../support/redis.ts'

describe('the health of Redis', function () {
  this.timeout(120_000)
  const redis = useRedis()
  const log = createLogger({ level: 'silent', pretty: false })
  let admin: Redis
  before(() => void (admin = new Redis(redis().url)))
  after(() => admin.disconnect())

  const as = (user: string) => Object.assign(new URL(redis().url), { username: user, password: 'x' }).href
  const letIn = (user: string, ...rights: string[]) =>
    admin.call('ACL', 'SETUSER', user, 'reset', 'on', '>x', '~*', '+@all', ...rights)

  for (const [kind, rights, reason] of [
    ['no channels', ['resetchannels'], /not publish/],
    ['other channels', ['resetchannels', '&other*'], /not publish/],
    ['its channels, and no patterns', ['resetchannels', '&taskwire-*'], /do not arrive/],
    ['all channels, and no right to subscribe', ['allchannels', '-subscribe', '-psubscribe'], /do not arrive/],
    ['all channels, and no right to publish', ['allchannels', '-publish'], /not publish/],
  ] as const)
    it(`[HL6] reports a user with ${kind} as degraded, with a reason, and as healthy once the rights are granted`, async () => {
      const user = `u${Math.abs(kind.length * 7)}`
      await letIn(user, ...rights)
      const link = connectRedis(as(user), 'a secret for tests', log)
      const peers = createPeers(createSocketServer(), link, log)
      assert.ok(peers)
      try {
        assert.match(String(await eventually(() => link.check())), reason)
        await letIn(user, 'allchannels')
        await eventually(async () => assert.equal(await link.check(), null), { within: 10_000 })
      } finally {
        link.close()
      }
    })

  it('[HL6] reports a user who may only publish and subscribe as healthy, and keeps its connections', async () => {
    const only = ['+subscribe', '+psubscribe', '+unsubscribe', '+punsubscribe', '+publish', '&*']
    await admin.call('ACL', 'SETUSER', 'plain', 'reset', 'on', '>x', ...only)
    const link = connectRedis(as('plain'), 'a secret for tests', log)
    createPeers(createSocketServer(), link, log)
    try {
      await eventually(async () => assert.equal(await link.check(), null))
      const connections = async () =>
        String(await admin.client('LIST'))
          .split('\n')
          .filter(line => line.includes(' user=plain '))
          .map(line => ({ id: /^id=(\d+)/.exec(line)![1], age: Number(/ age=(\d+)/.exec(line)![1]) }))
      const before = await connections()
      // Two checks of the connection later.
      const later = await eventually(
        async () => {
          const now = await connections()
          assert.ok(now.some(({ id, age }) => age >= 8 || !before.some(one => one.id === id)))
          return now
        },
        { within: 20_000 },
      )
      assert.deepEqual(later.map(({ id }) => id).sort(), before.map(({ id }) => id).sort())
    } finally {
      link.close()
    }
  })

  it('[HL6] reports it in the server’s health, and stays ready', async () => {
    await letIn('mute', 'resetchannels')
    const server = await startServer({ env: { REDIS_URL: as('mute') } })
    try {
      const { redis: found } = await eventually(async () => {
        const { body } = await expect(server.rest('GET', '/health/detailed'), 200)
        assert.equal(body.components.redis.status, 'degraded')
        return body.components
      })
      assert.match(found.reason, /channels/)
      await expect(server.rest('GET', '/health/ready'), 200)
    } finally {
      await server.close()
    }
  })
})

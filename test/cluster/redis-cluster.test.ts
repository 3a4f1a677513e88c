import assert from 'node:assert/strict'
import { addTask } from '../suites/answers.ts'
import { join, listen } from '../suites/sockets.ts'
import { eventually } from '../support/eventually.ts'
import { useRedisCluster } from '../support/redis.ts'
import { type Account, ask } from './account.ts'
import { useStageWith } from './use-stage.ts'

const limit = 40

describe('instances on a Redis Cluster', function () {
  this.timeout(120_000)
  const stage = useStageWith(useRedisCluster(), {
    count: 2,
    env: { RATE_LIMIT_FREE: String(limit), RATE_LIMIT_PRO: '100000' },
  })
  const at = (nth: number) => stage().instances[nth]!
  let [ann, bob]: Account[] = []
  before(async () => void ([ann, bob] = [await stage().user('ann'), await stage().user('bob')]))
  afterEach(async () => void (await stage().admin.at(at(0)).rest('POST', '/rate-limits/reset', { all: true })))

  const health = async () =>
    Promise.all(
      stage().instances.map(async ({ directUrl }) => {
        const { body } = await ask(directUrl, 'GET', '/health/detailed')
        return body.components.redis
      }),
    )
  const untilHealthy = () =>
    eventually(async () =>
      assert.deepEqual(
        (await health()).map(({ status }) => status),
        ['healthy', 'healthy'],
      ),
    )

  async function membersAt(nth: number): Promise<number[]> {
    const { body } = await stage().admin.at(at(nth)).rest('GET', '/rooms/tasks/members')
    return body.results.map((member: any) => member.user_id)
  }

  /** How many of a person's calls the instances serve together, and how many each; none fails. */
  async function served(account: Account, times: number): Promise<[number, number]> {
    const { token } = account.at(at(0))
    const counts: [number, number] = [0, 0]
    for (let nth = 0; nth < times; nth++) {
      const { status } = await ask(at(nth % 2).directUrl, 'GET', '/auth/me', { token })
      if (status === 200) counts[nth % 2]!++
      else assert.equal(status, 429)
    }
    return counts
  }
  const total = ([one, other]: [number, number]) => one + other

  it('[RC1] gives events and presence to people at other instances, and ends a session everywhere', async () => {
    await untilHealthy()
    const { socket, of } = await listen(ann!.at(at(0)))
    const there = await listen(bob!.at(at(1)))
    await join(socket, ['tasks'])
    await join(there.socket, ['tasks'])
    await eventually(() =>
      assert.deepEqual(
        of('user_joined').map(({ user_id }) => user_id),
        [bob!.person.id],
      ),
    )
    await eventually(async () => assert.ok((await membersAt(0)).includes(bob!.person.id)))
    const task = await addTask(ann!.at(at(0)))
    await eventually(() =>
      assert.deepEqual(
        there.of('task_created').map(one => one.task.id),
        [task.id],
      ),
    )

    const session = await bob!.login(at(0))
    const other = await listen({ ...session, socket: bob!.at(at(1)).socket }, { token: session.token })
    await session.rest('POST', '/auth/logout')
    await eventually(() => assert.equal(other.socket.connected, false), { within: 10_000 })
    assert.equal((await ask(at(1).directUrl, 'GET', '/auth/me', { token: session.token! })).status, 401)
    assert.equal(there.socket.connected, true)
    for (const one of [socket, there.socket]) one.disconnect()
    await eventually(async () => assert.deepEqual([await membersAt(0), await membersAt(1)], [[], []]))
  })

  it('[RC1] has one limit over all instances, and resets it on all', async () => {
    // Two people have their limits on different nodes.
    for (let nth = 0; nth < 2; nth++) {
      // An instance counts by itself while Redis is late.
      const person = await eventually(async () => {
        const fresh = await stage().user()
        assert.equal(total(await served(fresh, 2 * limit)), limit)
        return fresh
      })
      const user_id = person.person.id
      assert.equal((await stage().admin.at(at(1)).rest('POST', '/rate-limits/reset', { user_id })).status, 200)
      await eventually(async () => assert.deepEqual(await served(person, 2), [1, 1]))
    }
  })

  it('[RC1] shares answers between instances, and clears them on all', async () => {
    const totalAt = async (nth: number) => (await ann!.at(at(nth)).rest('GET', '/dashboard/stats')).body.tasks.total
    const cache = (method: string, path: string, body?: object) => stage().admin.at(at(1)).rest(method, path, body)
    await eventually(async () => {
      await cache('POST', '/cache/clear', { all: true })
      const before = (await cache('GET', '/cache/stats')).body.data
      const seen = await totalAt(0)
      assert.equal(await totalAt(1), seen)
      const { backend, hits } = (await cache('GET', '/cache/stats')).body.data
      assert.deepEqual([backend, hits - before.hits], ['redis', 1])
      await addTask(ann!.at(at(0)))
      await cache('POST', '/cache/clear', { pattern: 'dashboard:*' })
      assert.deepEqual([await totalAt(0), await totalAt(1)], [seen + 1, seen + 1])
    })
  })

  it('[RC2] loses nothing but speed with the node that has the channels, and is whole again when it is back', async () => {
    const node = await stage().redis.nodeOfChannels()
    // Some have their limit on this node, others elsewhere.
    const isThere = async (person: Account) => {
      await served(person, 1)
      return (await node.client.keys(`*:limit:*:${person.person.id}`)).length > 0
    }
    const homes = new Map<boolean, Account>()
    while (homes.size < 2) {
      const person = await stage().user()
      homes.set(await isThere(person), person)
    }
    await stage().admin.at(at(0)).rest('POST', '/rate-limits/reset', { all: true })
    const { socket, of } = await listen(ann!.at(at(1)))
    await join(socket, ['tasks'])

    await node.kill()
    const task = await addTask(stage().admin.at(at(0)))
    await eventually(() =>
      assert.deepEqual(
        of('task_created').map(one => one.task.id),
        [task.id],
      ),
    )
    const user_id = homes.get(false)!.person.id
    await eventually(async () => {
      await stage().admin.at(at(0)).rest('POST', '/rate-limits/reset', { user_id })
      assert.equal(total(await served(homes.get(false)!, 2 * limit)), limit)
    })
    assert.deepEqual(await served(homes.get(true)!, 3 * limit), [limit, limit])
    await eventually(async () => {
      for (const { status, reason } of await health()) {
        assert.equal(status, 'degraded')
        assert.match(reason, new RegExp(`1 of 3 .*${node.name}`))
      }
    })
    for (const { directUrl } of stage().instances)
      assert.equal((await ask(directUrl, 'GET', '/health/ready')).status, 200)

    await node.restart()
    await untilHealthy()
    await eventually(async () => {
      await stage().admin.at(at(0)).rest('POST', '/rate-limits/reset', { all: true })
      assert.equal(total(await served(homes.get(true)!, 2 * limit)), limit)
    })
    assert.equal(socket.connected, true)
    const there = await listen(bob!.at(at(0)))
    await join(there.socket, ['tasks'])
    await eventually(() => assert.equal(of('user_joined').at(-1)?.user_id, bob!.person.id))
    for (const one of [socket, there.socket]) one.disconnect()
  })
})

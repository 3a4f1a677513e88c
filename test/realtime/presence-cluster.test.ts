import assert from 'node:assert/strict'
import { openDatabase, type PostgresDatabase } from '../../server/adapters/database.ts'
import {
  createPresence,
  createPresenceSync,
  type PresenceChange,
  type RoomSizes,
} from '../../server/features/rooms/index.ts'
import type { Statement } from '../../server/ports/database.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { eventually } from '../support/eventually.ts'
import { createHub } from '../support/hub.ts'
import { testDatabase, type TestDatabase } from '../support/postgres.ts'

const log = createLogger({ level: 'silent', pretty: false })

describe('the people in a room, over several instances', () => {
  let place: TestDatabase
  let database: PostgresDatabase
  const hub = createHub()
  const running: { stop(): Promise<void> }[] = []

  before(async () => {
    place = await testDatabase()
    database = openDatabase(place.url, log)
  })
  afterEach(async () => {
    await Promise.all(running.splice(0).map(instance => instance.stop()))
  })
  after(async () => {
    await database.close()
    await place.drop()
  })

  /** An instance counts as dead after seven roll calls that it did not answer. */
  const startInstance = async (sizes?: RoomSizes, rollCallMs = 200) => {
    const changes: PresenceChange[] = []
    const presence = createPresence(change => void changes.push(change), { sizes })
    const link = hub.connect()
    const own = {
      ...database,
      silent: false,
      query: <R extends object>(statement: Statement) =>
        own.silent ? Promise.reject(new Error('silent')) : database.query<R>(statement),
    }
    const sync = createPresenceSync({ database: own, presence, peers: link.peers, log, rollCallMs })
    await sync.start()
    const stop = async () => {
      await sync.stop()
      presence.close()
    }
    running.push({ stop })
    return {
      presence,
      link,
      database: own,
      reported: () => changes.map(change => `${change.event} ${'user_id' in change ? change.user_id : ''}`),
      changes,
      members: () => presence.members('r'),
      ids: () =>
        presence
          .members('r')
          .map(({ user_id }) => user_id)
          .toSorted(),
    }
  }
  type Instance = Awaited<ReturnType<typeof startInstance>>
  const agree = (instances: Instance[], expected: object[]) =>
    eventually(() => instances.forEach(one => assert.deepEqual(one.members(), expected)))

  it('[PR10] include a person from the first connection to the last, at any instance', async () => {
    const [one, other] = [await startInstance(), await startInstance()]
    one.presence.join('r', 1, 'a')
    other.presence.join('r', 1, 'b')
    await agree([one, other], [{ user_id: 1, state: {}, connections: 2 }])
    one.presence.leave('r', 1, 'a', 0)
    await agree([one, other], [{ user_id: 1, state: {}, connections: 1 }])
    other.presence.leave('r', 1, 'b', 0)
    await agree([one, other], [])
    for (const { reported } of [one, other]) assert.deepEqual(reported(), ['user_joined 1', 'user_left 1'])
  })

  it('[PR10] have the last state that was set, and an older one does not come back', async () => {
    const [one, other] = [await startInstance(), await startInstance()]
    one.presence.join('r', 1, 'a')
    other.presence.join('r', 1, 'b')
    one.presence.setState('r', 1, 'a', { at: 'a' })
    await agree([other], [{ user_id: 1, state: { at: 'a' }, connections: 2 }])
    other.presence.setState('r', 1, 'b', { at: 'b' })
    await agree([one, other], [{ user_id: 1, state: { at: 'b' }, connections: 2 }])
    other.presence.leave('r', 1, 'b', 0)
    await agree([one, other], [{ user_id: 1, state: {}, connections: 1 }])
  })

  it('[PR14] are reported between instances at a bounded pace, and the last change always', async () => {
    const [one, other] = [await startInstance(), await startInstance()]
    let received = 0
    const { send } = one.link.peers
    one.link.peers.send = (topic, message) => {
      if (topic === 'presence') received += (message as { entries: unknown[] }).entries.length
      send(topic, message)
    }
    one.presence.join('r', 1, 'a')
    for (let nth = 0; nth < 200; nth++) {
      one.presence.setState('r', 1, 'a', { nth })
      await new Promise(setImmediate)
    }
    await eventually(() => assert.deepEqual(other.members()[0]?.state, { nth: 199 }))
    assert.ok(received < 100, String(received))
  })

  it('[PR11] are known to a starting instance before it is ready', async () => {
    const one = await startInstance()
    one.presence.join('r', 1, 'a')
    const late = await startInstance()
    assert.deepEqual(late.members(), [{ user_id: 1, state: {}, connections: 1 }])
  })

  it('[PR11] are restored after lost messages, and nobody leaves meanwhile', async () => {
    const [one, other] = [await startInstance(), await startInstance()]
    one.presence.join('r', 1, 'a')
    await agree([other], [{ user_id: 1, state: {}, connections: 1 }])
    one.link.cut()
    one.presence.join('r', 2, 'b')
    one.presence.leave('r', 1, 'a', 0)
    other.presence.join('r', 3, 'c')
    await eventually(() => assert.deepEqual(one.ids(), [2]))
    assert.deepEqual(other.ids(), [1, 3])
    one.link.mend()
    await eventually(() => [one, other].forEach(({ ids }) => assert.deepEqual(ids(), [2, 3])))
    assert.deepEqual(other.reported().toSorted(), ['user_joined 1', 'user_joined 2', 'user_joined 3', 'user_left 1'])
  })

  it('[PR12] lose the people of an instance that no longer answers, and get them back with it', async () => {
    const [one, other] = [await startInstance(), await startInstance()]
    other.presence.join('r', 1, 'a')
    await eventually(() => assert.deepEqual(one.ids(), [1]))
    other.database.silent = true
    await eventually(() => assert.deepEqual(one.ids(), []))
    other.database.silent = false
    await eventually(() => assert.deepEqual(one.ids(), [1]))
    assert.deepEqual(one.reported(), ['user_joined 1', 'user_left 1', 'user_joined 1'])
  })

  it('[PR12] stay when the database is away', async () => {
    const [one, other] = [await startInstance(), await startInstance()]
    other.presence.join('r', 1, 'a')
    await eventually(() => assert.deepEqual(one.ids(), [1]))
    for (const { database: own } of [one, other]) own.silent = true
    await new Promise(resolve => setTimeout(resolve, 600))
    assert.deepEqual(one.ids(), [1])
  })

  it('[PR12] may come back through another instance when theirs stops', async () => {
    // The other one is not dead while it stops, however long that takes.
    const [one, other] = [await startInstance(undefined, 2_000), await startInstance(undefined, 2_000)]
    other.presence.join('r', 1, 'a')
    await eventually(() => assert.deepEqual(one.ids(), [1]))
    await running.pop()!.stop()
    one.presence.join('r', 1, 'b')
    assert.deepEqual([one.ids(), one.reported()], [[1], ['user_joined 1']])
  })

  it('[PR19] are counted over all instances, and each instance sends its clients the same', async () => {
    const sizes = { above: 2, below: 2, stayMs: 0 }
    const [one, other] = [await startInstance(sizes), await startInstance(sizes)]
    one.presence.join('r', 1, 'a')
    one.presence.join('r', 2, 'b')
    await eventually(() => assert.deepEqual(other.ids(), [1, 2]))
    other.presence.join('r', 3, 'c')
    const last = (expected: PresenceChange) =>
      eventually(() => [one, other].forEach(({ changes }) => assert.deepEqual(changes.at(-1), expected)))
    await last({ event: 'presence_count', room: 'r', count: 3 })
    assert.deepEqual(one.reported().slice(0, 2), ['user_joined 1', 'user_joined 2'])
    assert.equal(one.presence.list(['r'], 1).member_counts['r'], 3)
    one.presence.leave('r', 1, 'a', 0)
    await last({ event: 'presence_count', room: 'r', count: 2 })
    other.presence.leave('r', 3, 'c', 0)
    await last({ event: 'presence_members', room: 'r', members: [{ user_id: 2, state: {} }] })
  })

  it('[PR14] are not reported by an instance that has stopped, and nothing waits there', async () => {
    const presence = createPresence(() => {})
    let waiting = 0
    const clock = { now: () => performance.now(), every: () => (waiting++, () => {}) }
    const sync = createPresenceSync({ database, presence, peers: hub.connect().peers, log, rollCallMs: 50, clock })
    await sync.start()
    await sync.stop()
    for (let nth = 0; nth < 50; nth++) presence.join('r', 1, `socket ${nth}`)
    presence.close()
    assert.equal(waiting, 0)
  })
})

import assert from 'node:assert/strict'
import { expect, startServer, type TestServer } from '../support/server.ts'
import { eventually } from '../support/eventually.ts'
import { addTask, refusesAck } from '../suites/answers.ts'
import { programOf } from '../suites/api-keys.ts'
import { isBeyond, limitsOf } from '../suites/rate-limits.ts'

describe('rate limits over sockets', () => {
  let server: TestServer
  before(async () => {
    server = await startServer({ env: { RATE_LIMIT_FREE: '30', RATE_LIMIT_PRO: '30' } })
  })
  after(() => server.close())
  beforeEach(() => expect(server.admin.rest('POST', '/rate-limits/reset', { all: true }), 200))

  it('[RL6] takes calls over sockets and requests from the same limit', async () => {
    const ann = await server.user('ann')
    const task = await addTask(ann)
    const socket = await ann.socket()
    const update = (nth: number) =>
      socket.emitWithAck('task_update', { task_id: task.id, updates: { title: `title ${nth}` } })
    for (let nth = 0; nth < 9; nth++) assert.equal((await update(nth)).ok, true)
    assert.equal((await socket.emitWithAck('join_room', { room: 'tasks' })).ok, true)
    const [left] = limitsOf(await ann.rest('GET', '/auth/me'))
    assert.equal(left!.remaining, 30 - 12)

    const acks = await Promise.all(Array.from({ length: 24 }, (_, nth) => update(100 + nth)))
    assert.deepEqual(
      acks.map(({ ok }) => ok),
      [...Array(18).fill(true), ...Array(6).fill(false)],
      'in the order in which they came',
    )
    const { details } = refusesAck(acks.at(-1), 'rate_limited')
    const { policy, retry_after } = details as { policy: string; retry_after: number }
    assert.ok(policy === 'free' && retry_after >= 1 && retry_after <= 60)
    isBeyond(await ann.rest('GET', '/tasks'), 'free')
    refusesAck(await socket.emitWithAck('join_room', { room: 'posts' }), 'rate_limited')
    assert.equal((await (await server.user('bob')).socket()).connected, true)
  })

  it('[RL6] keeps what clients send by themselves out of it', async () => {
    const ann = await server.user('ann')
    const socket = await ann.socket()
    await socket.emitWithAck('join_room', { room: 'tasks' })
    for (let nth = 0; nth < 40; nth++)
      assert.equal((await socket.emitWithAck('presence_set', { room: 'tasks', state: { nth } })).ok, true)
    assert.equal((await socket.emitWithAck('authenticate', { token: ann.token })).ok, true)
    assert.equal((await socket.emitWithAck('leave_room', { room: 'tasks' })).ok, true)
    assert.equal(limitsOf(await ann.rest('GET', '/auth/me'))[0]!.remaining, 28)
  })

  it('[RL6] takes calls of a socket with an API key from the limit of the key', async () => {
    const ann = await server.user('ann')
    const program = await programOf(server, ann, ['tasks:read'], { rate_limit: 5 })
    const socket = await program.socket()
    for (let nth = 0; nth < 5; nth++) assert.equal((await socket.emitWithAck('join_room', { room: 'tasks' })).ok, true)
    const { details } = refusesAck(await socket.emitWithAck('join_room', { room: 'tasks' }), 'rate_limited')
    assert.equal((details as { policy: string }).policy, 'api_key')
    isBeyond(await program.rest('GET', '/tasks'), 'api_key')
    assert.equal(limitsOf(await ann.rest('GET', '/auth/me'))[0]!.remaining, 28)
  })

  it('[RL6] closes the socket of a client that goes on and on', async () => {
    const ann = await server.user('ann')
    const socket = await ann.socket()
    let reason: any
    let closed = false
    socket.on('error', error => (reason = error))
    socket.on('disconnect', () => (closed = true))
    await eventually(
      async () => {
        if (closed) return
        await Promise.race([
          Promise.all(Array.from({ length: 50 }, () => socket.emitWithAck('join_room', { room: 'tasks' }))),
          new Promise(resolve => socket.once('disconnect', resolve)),
        ])
        assert.ok(closed)
      },
      { within: 30_000 },
    )
    assert.equal(reason.error.code, 'rate_limited')
  })
})

import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import { type Client, startServer, type TestServer } from '../support/server.ts'
import { addTask, isAPIError } from '../suites/answers.ts'
import { rawSocket } from '../suites/raw-socket.ts'
import { join, listen } from '../suites/sockets.ts'

describe('a person whose sockets send too much', function () {
  this.timeout(120_000)
  let server: TestServer
  before(async () => void (server = await startServer()))
  after(() => server.close())

  /** Another person, who must not notice anything. */
  const neighbour = async () => {
    const watcher = await listen(await server.user('neighbour'))
    await join(watcher.socket, ['tasks'])
    return watcher
  }
  const undisturbed = async ({ socket, of }: Awaited<ReturnType<typeof neighbour>>, writer: Client) => {
    const { id } = await addTask(writer)
    await eventually(() => assert.ok(of('task_created').some(({ task }) => task.id === id)))
    assert.equal((await socket.emitWithAck('leave_room', { room: 'posts' })).ok, true)
  }
  const codesOf = (got: string[]) =>
    got.filter(text => text.startsWith('43')).map(text => JSON.parse(text.slice(text.indexOf('[')))[0].error?.code)

  for (const [what, packet] of [
    ['unknown events', '["nothing",{}]'],
    ['invalid joins', '["join_room",{"room":"nonsense"}]'],
    ['joins of a room that it is in', '["join_room",{"room":"tasks","since":0}]'],
    ['states', '["presence_set",{"room":"tasks","state":{"a":1}}]'],
  ] as const)
    it(`[TU17] answers ${what}, then refuses, then reports the reason and closes the socket; nobody else notices (attack 59)`, async () => {
      const witness = await neighbour()
      const ann = await server.user('ann')
      const attacker = await rawSocket(server.url, ann.token)
      await attacker.call('["join_room",{"room":"tasks"}]')
      for (let nth = 0; nth < 5_000; nth++) attacker.send(`42${1_000 + nth}${packet}`)
      await eventually(() => assert.equal(attacker.isClosed(), true), { within: 20_000 })
      const codes = codesOf(attacker.got)
      const refused = codes.filter(code => code === 'rate_limited').length
      assert.ok(refused >= 1_000 && codes.length < 2_500, `${refused} of ${codes.length}`)
      assert.equal(isAPIError(attacker.heard('error').at(-1)).error.code, 'rate_limited')
      await undisturbed(witness, await server.user('writer'))
    })

  it('[TU17] refuses new sockets for some seconds after too many bytes', async () => {
    const ann = await server.user('ann')
    const sockets = await Promise.all(Array.from({ length: 16 }, () => rawSocket(server.url, ann.token)))
    for (const socket of sockets) socket.send(`42["nothing",{"long":"${'x'.repeat(1_000_000)}"}]`)
    await eventually(() => assert.rejects(ann.socket(), (error: any) => error.data.error.code === 'rate_limited'))
    for (const socket of sockets) socket.close()
    await eventually(() => ann.socket(), { within: 20_000, every: 200 })
  })

  it('[TU17] shares one budget between all sockets of a person, and a new socket does not renew it', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')]
    const sockets = await Promise.all(Array.from({ length: 5 }, () => rawSocket(server.url, ann.token)))
    for (let nth = 0; nth < 5_000; nth++) sockets[nth % 5]!.send(`42${nth}["nothing",{}]`)
    await eventually(() => assert.ok(sockets.some(socket => socket.isClosed())), { within: 20_000 })
    const codes = sockets.flatMap(({ got }) => codesOf(got))
    assert.ok(codes.filter(code => code === 'validation_error').length < 1_500)
    await assert.rejects(ann.socket(), (error: any) => error.data.error.code === 'rate_limited')
    const other = await listen(bob)
    await join(other.socket, ['tasks'])
    for (const socket of sockets) socket.close()
    // The budget refills with time.
    await eventually(() => ann.socket(), { within: 20_000, every: 200 })
  })

  it('[TU17] [TU14] sends error events for calls without acknowledgement, and shortens the names in them', async () => {
    const ann = await server.user('ann')
    const attacker = await rawSocket(server.url, ann.token)
    attacker.send(`42["${'x'.repeat(100_000)}",{}]`)
    await eventually(() => assert.equal(attacker.heard('error').length, 1))
    assert.ok(attacker.got.at(-1)!.length < 1_000)
    for (let nth = 0; nth < 5_000; nth++) attacker.send('42["nothing",{}]')
    await eventually(() => assert.equal(attacker.isClosed(), true), { within: 20_000 })
    assert.equal(attacker.heard('error').at(-1).error.code, 'rate_limited')
    assert.equal(attacker.heard('error').at(-1).event, undefined)
  })

  it('[TU14] returns only a part of refused input', async () => {
    const ann = await server.user('ann')
    const { socket } = await listen(ann)
    const size = (answer: unknown) => JSON.stringify(answer).length
    const rooms = Array.from({ length: 100 }, (_, nth) => String(nth).padEnd(200, 'x'))
    assert.ok(size(await socket.emitWithAck('join_room', { rooms })) < 28_000)
    const answer = await socket.emitWithAck('x'.repeat(500_000), {}, {})
    assert.ok(size(answer) < 1_000)
    const query = Array.from({ length: 100 }, (_, nth) => `room=project_${9_000_000 + nth}`).join('&')
    assert.ok(size((await ann.rest('GET', `/events?${query}`)).body) < 20_000)
  })

  it('[TU17] leaves ample room for a page: a hundred joins and many changes at once', async () => {
    const ann = await server.user('ann')
    const { socket } = await listen(ann)
    const joins = await Promise.all(
      Array.from({ length: 100 }, () => socket.emitWithAck('join_room', { room: 'tasks' })),
    )
    assert.ok(joins.every(({ ok }) => ok))
    const moves = await Promise.all(
      Array.from({ length: 50 }, () => socket.emitWithAck('presence_set', { room: 'tasks', state: { x: 1 } })),
    )
    assert.ok(moves.every(({ ok }) => ok))
  })

  it('[PR13] counts states by person, over all their sockets', async () => {
    const ann = await server.user('ann')
    const sockets = await Promise.all(Array.from({ length: 10 }, async () => (await listen(ann)).socket))
    for (const socket of sockets) await join(socket, ['tasks'])
    const acks = await Promise.all(
      sockets.flatMap(socket =>
        Array.from({ length: 20 }, (_, x) => socket.emitWithAck('presence_set', { room: 'tasks', state: { x } })),
      ),
    )
    const refused = acks.filter(({ ok }) => !ok)
    assert.ok(refused.length > 50, String(refused.length))
    assert.ok(refused.every(({ error }) => error.code === 'rate_limited'))
  })
})

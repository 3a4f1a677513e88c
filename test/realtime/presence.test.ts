import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addProject, addMember, refusesAck } from '../suites/answers.ts'
import { join, listen } from '../suites/sockets.ts'

describe('presence', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  before(async () => {
    server = await startServer({ env: { MAX_SOCKETS_PER_USER: '500' } })
    ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
  })
  after(() => server.close())

  /** A room of its own for each test: ann is in it and listens, and bob may come. */
  const scene = async () => {
    const project = await addProject(ann)
    await addMember(ann, project, bob, 'viewer')
    const room = `project_${project.id}`
    const watcher = await listen(ann)
    await join(watcher.socket, [room])
    const enter = async () => {
      const tab = await listen(bob)
      await join(tab.socket, [room])
      return tab
    }
    const members = async () => (await expect(ann.rest('GET', `/rooms/${room}/members`), 200)).body.results
    const state = async () => (await members()).find(({ user_id }: any) => user_id === bob.person.id)?.state
    return { room, ...watcher, enter, members, state, id: bob.person.id }
  }

  it('[PR1] reports an arrival to the others, and not to the person', async () => {
    const { room, of, enter, id, members } = await scene()
    const tab = await enter()
    await eventually(() => assert.deepEqual(of('user_joined'), [{ user_id: id, room }]))
    assert.deepEqual(tab.of('user_joined'), [])
    assert.deepEqual(await members(), [
      { user_id: ann.person.id, state: {}, connections: 1 },
      { user_id: id, state: {}, connections: 1 },
    ])
  })

  it('[PR2] treats three tabs as one person: reports the first arrival and the last departure', async () => {
    const { room, of, enter, id, members } = await scene()
    const tabs = [await enter(), await enter(), await enter()]
    assert.equal((await members())[1].connections, 3)
    for (const { socket } of tabs) await socket.emitWithAck('leave_room', { room })
    await eventually(() => assert.deepEqual(of('user_left'), [{ user_id: id, room }]))
    assert.equal(of('user_joined').length, 1)
    assert.equal((await members()).length, 1)
  })

  it('[PR2] keeps a person in the room while one of three tabs is open', async () => {
    const { of, enter, members } = await scene()
    const tabs = [await enter(), await enter(), await enter()]
    for (const { socket } of tabs.slice(1)) socket.disconnect()
    await eventually(async () => assert.equal((await members())[1].connections, 1))
    assert.deepEqual(of('user_left'), [])
  })

  it('[PR3] does not report a reload as a departure and an arrival', async () => {
    const { of, enter, members } = await scene()
    const first = await enter()
    first.socket.disconnect()
    await eventually(async () => assert.equal((await members())[1].connections, 0))
    const second = await enter()
    assert.equal(second.socket.connected, true)
    await eventually(async () => assert.equal((await members())[1].connections, 1))
    assert.deepEqual([of('user_joined').length, of('user_left').length], [1, 0])
  })

  it('[PR3] reports the departure soon after a page was closed', async () => {
    const { of, enter } = await scene()
    const { socket } = await enter()
    socket.disconnect()
    await eventually(() => assert.equal(of('user_left').length, 1), { within: 4_000 })
  })

  it('[PR4] sends a state to the others, and to people who come later', async () => {
    const { room, of, enter, id } = await scene()
    const tab = await enter()
    assert.deepEqual(await tab.socket.emitWithAck('presence_set', { room, state: { typing: true } }), { ok: true })
    await eventually(() => assert.deepEqual(of('presence_changed'), [{ room, user_id: id, state: { typing: true } }]))
    assert.deepEqual(tab.of('presence_changed'), [])
    const late = await listen(bob)
    const { members } = await join(late.socket, [room])
    assert.deepEqual(members[room], [
      { user_id: ann.person.id, state: {} },
      { user_id: id, state: { typing: true } },
    ])
  })

  it('[PR4] keeps the last state that any tab of the person has set', async () => {
    const { room, state, enter } = await scene()
    const [one, two] = [await enter(), await enter()]
    await one.socket.emitWithAck('presence_set', { room, state: { at: 1 } })
    await two.socket.emitWithAck('presence_set', { room, state: { at: 2 } })
    assert.deepEqual(await state(), { at: 2 })
    await one.socket.emitWithAck('leave_room', { room })
    assert.deepEqual(await state(), { at: 2 })
  })

  for (const way of ['leaves', 'closes']) {
    it(`[PR5] clears a state when the connection that set it ${way}, although others stay`, async () => {
      const { room, of, state, enter } = await scene()
      const [one, two] = [await enter(), await enter()]
      await one.socket.emitWithAck('presence_set', { room, state: { typing: true } })
      if (way === 'leaves') await one.socket.emitWithAck('leave_room', { room })
      else one.socket.disconnect()
      await eventually(async () => assert.deepEqual(await state(), {}))
      await eventually(() => assert.deepEqual(of('presence_changed').at(-1).state, {}))
      assert.equal(two.socket.connected, true)
    })
  }

  it('[PR6] refuses a state for another person (attack 49)', async () => {
    const { room, enter, of } = await scene()
    const { socket } = await enter()
    const state = { user_id: ann.person.id, userId: ann.person.id }
    refusesAck(await socket.emitWithAck('presence_set', { room, state, user_id: ann.person.id }), 'validation_error', [
      'user_id',
    ])
    await socket.emitWithAck('presence_set', { room, state })
    await eventually(() => assert.notEqual(of('presence_changed')[0].user_id, ann.person.id))
  })

  it('[PR7] limits a state to a kilobyte of JSON, counted in bytes', async () => {
    const { room, enter } = await scene()
    const { socket } = await enter()
    const set = (text: string) => socket.emitWithAck('presence_set', { room, state: { a: text } })
    assert.equal((await set('x'.repeat(1_024 - 8))).ok, true)
    refusesAck(await set('x'.repeat(1_024 - 7)), 'validation_error', ['state'])
    refusesAck(await set('ü'.repeat(600)), 'validation_error', ['state'])
  })

  for (const state of [null, [], 'x', 5, undefined]) {
    it(`[PR7] refuses ${JSON.stringify(state)} as a state`, async () => {
      const { room, enter } = await scene()
      refusesAck(await (await enter()).socket.emitWithAck('presence_set', { room, state }), 'validation_error', [
        'state',
      ])
    })
  }

  it('[PR8] refuses a state in a room that the person has not joined', async () => {
    const { room } = await scene()
    const { socket } = await listen(bob)
    for (const name of [room, 'tasks', 'nonsense'])
      refusesAck(await socket.emitWithAck('presence_set', { room: name, state: {} }), 'forbidden')
  })

  it('[PR8] removes an expelled person at once', async () => {
    const { enter, of, members, room } = await scene()
    await enter()
    await eventually(() => assert.equal(of('user_joined').length, 1))
    await expect(ann.rest('DELETE', `/projects/${room.slice(8)}/members/${bob.person.id}`), 204)
    await eventually(() => assert.equal(of('user_left').length, 1))
    assert.equal((await members()).length, 1)
  })

  it('[PR13] merges many joins and leaves of one person, and always reports the last state', async () => {
    const { room, of, heard, enter, members } = await scene()
    const { socket } = await enter()
    const acks = []
    for (let nth = 0; nth < 40; nth++) {
      acks.push(socket.emitWithAck('leave_room', { room }), socket.emitWithAck('join_room', { room }))
    }
    await Promise.all(acks)
    assert.equal((await members()).length, 2)
    await socket.emitWithAck('presence_set', { room, state: { last: true } })
    await eventually(() => assert.deepEqual(of('presence_changed').at(-1)?.state, { last: true }))
    const reported = of('user_joined', 'user_left')
    assert.ok(reported.length < 40, String(reported.length))
    socket.disconnect()
    await eventually(() => assert.equal(heard.at(-1)?.name, 'user_left'), { within: 4_000 })
    assert.equal((await members()).length, 1)
  })

  it('[PR9] stores nothing in the log', async () => {
    const { room, enter } = await scene()
    await (await enter()).socket.emitWithAck('presence_set', { room, state: { a: 1 } })
    const rows = await server.query(`select from event_log where event like 'user%' or event like 'presence%'`)
    assert.deepEqual(rows, [])
  })
})

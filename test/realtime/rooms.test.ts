import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addProject, addTask, refuses, refusesAck } from '../suites/answers.ts'
import { position } from '../suites/event-log.ts'
import { join, listen } from '../suites/sockets.ts'

describe('rooms', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  let mine: any
  let hidden: any
  before(async () => {
    server = await startServer({ env: { MAX_SOCKETS_PER_USER: '500' } })
    ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
    ;[mine, hidden] = [await addProject(ann), await addProject(bob)]
    await position(server)
  })
  after(() => server.close())

  it('[RM1] answers a join of one room with its name, the log, the position and the people there', async () => {
    const { socket } = await listen(ann)
    const offset = await position(server)
    await eventually(async () => {
      const answer = await socket.emitWithAck('join_room', { room: `project_${mine.id}` })
      assert.deepEqual(answer, {
        ok: true,
        room: `project_${mine.id}`,
        epoch: answer.epoch,
        offset,
        recovered: true,
        missed: 0,
        members: { [`project_${mine.id}`]: [{ user_id: ann.person.id, state: {} }] },
        member_counts: { [`project_${mine.id}`]: 1 },
      })
      assert.ok(answer.epoch.length > 0)
    })
  })

  it('[RM1] names each of several rooms once', async () => {
    const { socket } = await listen(ann)
    const own = `user_${ann.person.id}`
    const { rooms, room, members } = await join(socket, ['tasks', 'projects', own, 'tasks'])
    assert.deepEqual(
      [rooms, room, Object.keys(members)],
      [['tasks', 'projects', own], undefined, ['tasks', 'projects', own]],
    )
  })

  for (const [name, code] of [
    ['tasks ', 'validation_error'],
    ['Tasks', 'validation_error'],
    ['tasks\u0000', 'validation_error'],
    ['', 'validation_error'],
    ['__proto__', 'validation_error'],
    ['constructor', 'validation_error'],
    ['project_', 'validation_error'],
    ['project_0', 'validation_error'],
    ['project_01', 'validation_error'],
    ['project_1e3', 'validation_error'],
    ['project_99999999999999999', 'validation_error'],
    ['user_abc', 'validation_error'],
    ['everyone', 'validation_error'],
    ['tasks|all', 'validation_error'],
    ['project_999999', 'not_found'],
    ['admin', 'forbidden'],
    ['user_1', 'forbidden'],
  ] as const) {
    it(`[RM2] refuses ${JSON.stringify(name)} by name as ${code} (attack 42)`, async () => {
      const { socket } = await listen(ann)
      const error = refusesAck(await socket.emitWithAck('join_room', { room: name }), code, [name])
      assert.deepEqual(error.details, { rooms: [name] })
      if (name.includes('\u0000')) return
      refuses(await ann.rest('GET', `/rooms/${encodeURIComponent(name)}/members`), name === '' ? 'not_found' : code)
    })
  }

  it('[RM2] refuses the room of an unseen project like that of a project that does not exist (attack 41)', async () => {
    const { socket } = await listen(ann)
    const ask = (room: string) => socket.emitWithAck('join_room', { room })
    const [unseen, none] = [await ask(`project_${hidden.id}`), await ask('project_999999')]
    const text = (ack: any, id: number) => JSON.stringify(ack.error).replaceAll(String(id), 'N')
    assert.equal(text(unseen, hidden.id), text(none, 999_999))
  })

  it('[RM2] refuses the raw id of another socket as a room (attack 42)', async () => {
    const [a, b] = [await listen(ann), await listen(bob)]
    refusesAck(await a.socket.emitWithAck('join_room', { room: b.socket.id }), 'validation_error')
  })

  for (const [input, field] of [
    [{}, 'room'],
    [null, 'input'],
    ['tasks', 'input'],
    [['tasks'], 'input'],
    [{ room: ['tasks'] }, 'room'],
    [{ room: { toString: 'tasks' } }, 'room'],
    [{ room: 'x'.repeat(10_000) }, 'room'],
    [{ room: 'tasks', rooms: ['tasks'] }, 'room'],
    [{ rooms: 'tasks' }, 'rooms'],
    [{ rooms: [] }, 'rooms'],
    [{ rooms: ['tasks', 1] }, 'rooms.1'],
    [{ rooms: Array.from({ length: 101 }, () => 'tasks') }, 'rooms'],
    [{ room: 'tasks', since: -1 }, 'since'],
    [{ room: 'tasks', since: '5' }, 'since'],
    [{ room: 'tasks', since: 1.5 }, 'since'],
    [{ room: 'tasks', epoch: 5 }, 'epoch'],
    [{ room: 'tasks', user_id: 1 }, 'user_id'],
  ] as const) {
    it(`[RM2] refuses to join ${JSON.stringify(input)?.slice(0, 50)} on ${field}`, async () => {
      const { socket } = await listen(ann)
      refusesAck(await socket.emitWithAck('join_room', input), 'validation_error', [field])
    })
  }

  it('[RM3] joins all rooms or none, and names every refused room (attack 41)', async () => {
    const { socket, of } = await listen(ann)
    const ask = { rooms: ['tasks', `project_${hidden.id}`, 'admin', 'nonsense'] }
    refusesAck(await socket.emitWithAck('join_room', ask), 'not_found', ask.rooms.slice(1))
    refuses(await ann.rest('GET', `/rooms/project_${hidden.id}/members`), 'not_found')
    await join(socket, ['projects'])
    await addTask(ann)
    await addProject(ann, { name: 'after' })
    await eventually(() => assert.equal(of('project_created').length, 1))
    assert.deepEqual(of('task_created'), [])
  })

  it('[RM3] keeps the rooms that the socket is in when another room is refused', async () => {
    const { socket, of } = await listen(ann)
    await join(socket, ['tasks'])
    refusesAck(await socket.emitWithAck('join_room', { rooms: ['projects', 'admin'] }), 'forbidden')
    const { id } = await addTask(ann)
    await eventually(() =>
      assert.deepEqual(
        of('task_created').map(({ task }) => task.id),
        [id],
      ),
    )
  })

  it('[RM4] sends nothing more of a room after leaving it, until it is joined again', async () => {
    const { socket, of } = await listen(ann)
    await join(socket, ['tasks', 'projects'])
    assert.deepEqual(await socket.emitWithAck('leave_room', { room: 'tasks' }), { ok: true, room: 'tasks' })
    await addTask(ann)
    await addProject(ann)
    await eventually(() => assert.equal(of('project_created').length, 1))
    assert.deepEqual(of('task_created'), [])
    await join(socket, ['tasks'])
    await addTask(ann)
    await eventually(() => assert.equal(of('task_created').length, 1))
  })

  it('[RM4] accepts leaving a room that the socket is not in', async () => {
    const { socket } = await listen(ann)
    for (const room of ['tasks', 'nonsense', '__proto__', `project_${hidden.id}`])
      assert.deepEqual(await socket.emitWithAck('leave_room', { room }), { ok: true, room })
    refusesAck(await socket.emitWithAck('leave_room', {}), 'validation_error', ['room'])
  })

  it('[RM5] sends an event once to a socket that is in several of its rooms', async () => {
    const { socket, of } = await listen(ann)
    await join(socket, ['tasks', 'projects', `project_${mine.id}`])
    const { id } = await addTask(ann, { project: mine.id })
    await expect(ann.rest('DELETE', `/tasks/${id}`), 204)
    await eventually(() => assert.equal(of('task_deleted').length, 1))
    assert.equal(of('task_created').length, 1)
  })

  it('[RM5] sends only the project and its tasks to the project’s room', async () => {
    const project = await addProject(ann)
    await position(server)
    const { socket, heard } = await listen(ann)
    await join(socket, [`project_${project.id}`])
    await addTask(ann)
    await addTask(ann, { project: mine.id })
    await addTask(ann, { project: project.id })
    await expect(ann.rest('PATCH', `/projects/${project.id}`, { name: 'renamed' }), 200)
    await eventually(() =>
      assert.deepEqual(
        heard.map(({ name }) => name),
        ['task_created', 'project_updated'],
      ),
    )
  })

  it('[RM6] refuses a join beyond the limit of rooms with rate_limited (attack 60)', async () => {
    const small = await startServer({ env: { MAX_ROOMS_PER_SOCKET: '2' } })
    try {
      const client = await small.user('ann')
      const { socket } = await listen(client)
      await join(socket, ['tasks', 'projects'])
      refusesAck(await socket.emitWithAck('join_room', { room: `user_${client.person.id}` }), 'rate_limited')
      await join(socket, ['tasks'])
    } finally {
      await small.close()
    }
  })

  it('[RM7] lists the people in a room with their number of connections', async () => {
    const carl = await server.user('carl')
    const room = `user_${carl.person.id}`
    const sockets = [await listen(carl), await listen(carl)]
    for (const { socket } of sockets) await join(socket, [room])
    const { body } = await expect(carl.rest('GET', `/rooms/${room}/members`), 200)
    assert.deepEqual(body.results, [{ user_id: carl.person.id, state: {}, connections: 2 }])
    refuses(await server.rest('GET', `/rooms/${room}/members`), 'unauthenticated')
    refuses(await ann.rest('GET', `/rooms/${room}/members`), 'forbidden')
  })
})

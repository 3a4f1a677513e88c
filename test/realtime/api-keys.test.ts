import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'socket.io-client'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, addTask, created, refusesAck } from '../suites/answers.ts'
import { type Program, programOf } from '../suites/api-keys.ts'
import { position } from '../suites/event-log.ts'
import { join } from '../suites/sockets.ts'

interface Listening {
  socket: Socket
  /** The names of what it got. */
  names: string[]
}

async function listen(program: Program, auth: object = {}): Promise<Listening> {
  const names: string[] = []
  const socket = await program.socket({ ...auth }, fresh => {
    fresh.onAny((name: string) => void names.push(name))
  })
  return { socket, names }
}

const refusal = async (program: Program, auth: object = {}) =>
  program.socket({ ...auth }).then(
    () => null,
    (error: { data: { error: { code: string } } }) => error.data.error.code,
  )

describe('sockets by API key', () => {
  let server: TestServer
  let ann: Client
  let ben: Client
  before(async () => {
    // The comparison with the database would close what a fence has missed.
    server = await startServer({ tuning: { sweepMs: 3_600_000 } })
    ann = await server.user('ann')
    ben = await server.user('ben')
  })
  after(() => server.close())

  it('[AK10] connect by a good key only', async () => {
    const program = await programOf(server, ann, ['tasks:read'])
    const { socket } = await listen(program)
    assert.ok(socket.connected)
    assert.equal(await refusal(program, { api_key: `${program.key.slice(0, -1)}!` }), 'unauthenticated')
    assert.equal(await refusal(program, { token: ann.token }), 'unauthenticated')
    await expect(ann.rest('DELETE', `/api-keys/${program.apiKey.id}`), 204)
    assert.equal(await refusal(program), 'unauthenticated')
  })

  it('[AK10] join the rooms whose resource the key may read, and get told which permission another room needs', async () => {
    const project = await addProject(ann)
    const { socket } = await listen(await programOf(server, ann, ['tasks:read', 'projects:read', 'notifications:read']))
    await join(socket, ['tasks', 'projects', `project_${project.id}`, `user_${ann.person.id}`])
    for (const [room, permission] of [
      ['posts', 'posts:read'],
      ['flags', 'flags:read'],
      ['admin', 'admin'],
      [`user_${ben.person.id}`, 'admin'],
    ] as const) {
      const error = refusesAck(await socket.emitWithAck('join_room', { room }), 'forbidden', [room])
      assert.deepEqual(error.details, { rooms: [room], permission })
    }
    const writer = await programOf(server, ann, ['tasks:write'])
    const refused = await expect(writer.rest('GET', `/events?room=project_${project.id}`), 403)
    assert.equal(refused.body.error.details.permission, 'projects:read')
    await expect(writer.rest('GET', '/rooms/tasks/members'), 403)
  })

  it('[AK10] call what the key may call', async () => {
    const task = await addTask(ann)
    const change = { task_id: task.id, updates: { title: 'By a program' } }
    const reader = await listen(await programOf(server, ann, ['tasks:read']))
    const error = refusesAck(await reader.socket.emitWithAck('task_update', change), 'forbidden')
    assert.deepEqual(error.details, { permission: 'tasks:write' })
    const writer = await listen(await programOf(server, ann, ['tasks:write']))
    assert.equal((await writer.socket.emitWithAck('task_update', change)).task.title, 'By a program')
    refusesAck(await writer.socket.emitWithAck('authenticate', {}), 'forbidden')
  })

  it('[AK11] get of a room what the key may read: live, by resuming and from the log alike', async () => {
    const project = await addProject(ann)
    const room = `project_${project.id}`
    const permissions = ['projects:read', 'tasks:read']
    const program = await programOf(server, ann, permissions)
    await position(server)
    const live = await listen(program, { bulk: true })
    const { offset } = await join(live.socket, [room, 'tasks'])

    const task = await addTask(ann, { project: project.id })
    await created(ann, `/tasks/${task.id}/comments`, { body: 'hidden' })
    await created(ann, '/blog/posts', { title: 'hidden', status: 'published', project: project.id })
    await expect(ann.rest('POST', '/tasks/bulk-update', { task_ids: [task.id], updates: { status: 'done' } }), 200)
    await expect(ann.rest('PATCH', `/projects/${project.id}`, { name: 'Renamed' }), 200)
    const wanted = ['task_created', 'tasks_bulk_updated', 'project_updated']
    await eventually(() => assert.deepEqual(live.names, wanted))

    const single = wanted.map(name => name.replace('tasks_bulk', 'task'))
    const resumed = await listen(program)
    const answer = await join(resumed.socket, [room, 'tasks'], { since: offset })
    assert.deepEqual([answer.recovered, answer.missed], [true, 3])
    await eventually(() => assert.deepEqual(resumed.names, single))

    const { body } = await expect(program.rest('GET', `/events?room=${room}&room=tasks&since=${offset}`), 200)
    assert.deepEqual(
      body.results.map(({ event }: { event: string }) => event),
      single,
    )
    const all = await ann.rest('GET', `/events?room=${room}&since=${offset}`)
    assert.equal(all.body.results.length, 5)
  })

  it('[AK11] learn when access to a project ends, whatever the key may read', async () => {
    const project = await addProject(ann)
    await addMember(ann, project, ben, 'viewer')
    const member = await listen(await programOf(server, ben, ['tasks:read']))
    await join(member.socket, ['tasks'])
    await expect(ann.rest('DELETE', `/projects/${project.id}`), 204)
    await eventually(() => assert.ok(member.names.includes('project_deleted')))
  })

  it('[AK12] end when the key is revoked or its owner disabled, and get nothing that comes later', async () => {
    const owner = await server.user('owner')
    const [first, second] = [
      await programOf(server, owner, ['tasks:read']),
      await programOf(server, owner, ['tasks:read']),
    ]
    const revoked = await listen(first)
    const disabled = await listen(second)
    for (const { socket } of [revoked, disabled]) await join(socket, ['tasks'])

    const error = once(revoked.socket as never, 'error')
    await expect(owner.rest('DELETE', `/api-keys/${first.apiKey.id}`), 204)
    await addTask(ann)
    assert.equal((await error)[0].error.code, 'unauthenticated')
    await eventually(() => assert.equal(revoked.socket.connected, false))
    assert.deepEqual(revoked.names, ['error'])

    const goodbye = once(disabled.socket as never, 'error')
    await expect(server.admin.rest('PATCH', `/admin/users/${owner.person.id}/toggle-active`, {}), 200)
    await addTask(ann)
    assert.equal((await goodbye)[0].error.code, 'account_disabled')
    await eventually(() => assert.equal(disabled.socket.connected, false))
    assert.deepEqual(disabled.names, ['task_created', 'error'])
  })

  it('[AK12] are closed by other permissions and by a rotation, so that their clients connect again', async () => {
    const program = await programOf(server, ann, ['tasks:read', 'posts:read'])
    const path = `/api-keys/${program.apiKey.id}`
    const closedBy = async (change: () => Promise<unknown>) => {
      // Nothing from before arrives late.
      await position(server)
      const { socket, names } = await listen(program)
      const { offset } = await join(socket, ['tasks'])
      await change()
      await eventually(() => assert.equal(socket.connected, false))
      assert.deepEqual(names, [])
      return offset as number
    }
    const since = await closedBy(() => expect(ann.rest('PATCH', path, { permissions: ['tasks:read'] }), 200))
    // It may lack what it sees now.
    const again = await listen(program)
    assert.equal((await join(again.socket, ['tasks'], { since })).recovered, false)
    await closedBy(() => expect(ann.rest('POST', `${path}/rotate`, { overlap_seconds: 3600 }), 200))
    await closedBy(() => expect(ann.rest('POST', `${path}/rotate`, {}), 200))
    assert.equal(await refusal(program), 'unauthenticated')
  })

  it('[AK12] stay when the key gets another name', async () => {
    const program = await programOf(server, ann, ['tasks:read'])
    const { socket, names } = await listen(program)
    await join(socket, ['tasks'])
    await expect(ann.rest('PATCH', `/api-keys/${program.apiKey.id}`, { name: 'Another', rate_limit: 5 }), 200)
    await addTask(ann)
    await eventually(() => assert.deepEqual(names, ['task_created']))
    assert.ok(socket.connected)
  })

  it('[AK12] end when the key expires', async () => {
    const program = await programOf(server, ann, ['tasks:read'], {
      expires_at: new Date(Date.now() + 4_000).toISOString(),
    })
    const { socket } = await listen(program)
    const [reason] = await once(socket as never, 'error')
    assert.equal(reason.error.code, 'unauthenticated')
    await eventually(() => assert.equal(socket.connected, false))
  })
})

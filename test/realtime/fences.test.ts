import assert from 'node:assert/strict'
import { openDatabase } from '../../server/adapters/database.ts'
import { withSettings } from '../../server/adapters/database-connection.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, addTask, refusesAck } from '../suites/answers.ts'
import { position } from '../suites/event-log.ts'
import { join, listen } from '../suites/sockets.ts'

describe('rights that change while a socket listens', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  before(async () => {
    server = await startServer()
    ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
  })
  after(() => server.close())
  // Events of an earlier test must not arrive in the middle of the next one.
  beforeEach(() => position(server))

  const removeMember = (project: any, client: Client) =>
    expect(ann.rest('DELETE', `/projects/${project.id}/members/${client.person.id}`), 204)
  /** Adds one more task that everybody sees: once its event has arrived, all earlier events have too. */
  const marker = async (of: (name: string) => any[]) => {
    const { id } = await addTask(ann)
    await eventually(() => assert.ok(of('task_created').some(({ task }) => task.id === id)))
  }
  const access = (of: (name: string) => any[]) =>
    of('access_changed').map(({ project_id, readable, role }) => ({ project_id, readable, role }))

  it('[FN4] reports a project that is deleted during a join of another room', async () => {
    const [gone, other] = [await addProject(ann), await addProject(ann)]
    await position(server)
    const { socket, of } = await listen(ann)
    await join(socket, [`project_${gone.id}`])
    const deleted = expect(ann.rest('DELETE', `/projects/${gone.id}`), 204)
    for (let times = 0; times < 20; times++) {
      await join(socket, [`project_${other.id}`])
      await socket.emitWithAck('leave_room', { room: `project_${other.id}` })
    }
    await deleted
    await eventually(() => assert.equal(of('room_left').length, 1))
    assert.deepEqual(
      of('project_deleted').map(({ project_id }) => project_id),
      [gone.id],
    )
  })

  it('[FN4] reports it when the join comes after the deletion and before its event', async () => {
    const [gone, other] = [await addProject(ann), await addProject(ann)]
    await position(server)
    const { socket, of } = await listen(ann)
    await join(socket, [`project_${gone.id}`])
    const [held, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const database = openDatabase(
      withSettings(server.databaseUrl, { search_path: 'public' }),
      createLogger({ level: 'silent', pretty: false }),
    )
    // A lock on the head of the log holds up every event.
    const holding = database.transaction(async tx => {
      await tx.query({ text: 'select from log_head for update', values: [] })
      held.resolve()
      await released.promise
      return { value: null }
    })
    await held.promise
    await expect(ann.rest('DELETE', `/projects/${gone.id}`), 204)
    await join(socket, [`project_${other.id}`])
    released.resolve()
    await holding
    await database.close()
    await eventually(() => assert.equal(of('room_left').length, 1))
    assert.deepEqual(
      of('project_deleted').map(({ project_id }) => project_id),
      [gone.id],
    )
  })

  for (const room of ['tasks', 'the project’s room']) {
    it(`[FN1] sends no events of a project in ${room} to a person who was removed from it (attack 43)`, async () => {
      const project = await addProject(ann)
      await addMember(ann, project, bob, 'editor')
      await position(server)
      const { socket, heard, of } = await listen(bob)
      await join(socket, [room === 'tasks' ? room : `project_${project.id}`])
      await addTask(ann, { project: project.id, title: 'seen' })
      await removeMember(project, bob)
      await addTask(ann, { project: project.id, title: 'not seen' })
      await eventually(() => assert.deepEqual(access(of), [{ project_id: project.id, readable: false, role: null }]))
      await join(socket, ['tasks'])
      await marker(of)
      assert.deepEqual(
        of('task_created')
          .filter(({ task }) => task.project_id)
          .map(({ task }) => task.title),
        ['seen'],
      )
      const order = heard.map(({ name }) => name)
      assert.ok(order.indexOf('task_created') < order.indexOf('access_changed'))
      if (room !== 'tasks')
        assert.deepEqual(of('room_left'), [{ room: `project_${project.id}`, reason: 'access_ended' }])
      refusesAck(await socket.emitWithAck('join_room', { room: `project_${project.id}` }), 'not_found')
    })
  }

  it('[FN1] refuses writes of a removed person over the open socket (attack 43)', async () => {
    const project = await addProject(ann)
    await addMember(ann, project, bob, 'editor')
    const task = await addTask(ann, { project: project.id })
    const { socket } = await listen(bob)
    await removeMember(project, bob)
    refusesAck(await socket.emitWithAck('task_update', { task_id: task.id, updates: { title: 'x' } }), 'not_found')
  })

  it('[FN2] sends events of the project to a new member from there on, in rooms joined before', async () => {
    const project = await addProject(ann)
    const { socket, of } = await listen(bob)
    await join(socket, ['tasks', 'projects'])
    await addTask(ann, { project: project.id, title: 'before' })
    await addMember(ann, project, bob, 'viewer')
    await addTask(ann, { project: project.id, title: 'after' })
    await marker(of)
    assert.deepEqual(access(of), [{ project_id: project.id, readable: true, role: 'viewer' }])
    assert.deepEqual(
      of('task_created')
        .filter(({ task }) => task.project_id)
        .map(({ task }) => task.title),
      ['after'],
    )
    assert.deepEqual(
      of('project_member_added').map(({ user_id }) => user_id),
      [bob.person.id],
    )
  })

  it('[FN2] reports a new role, which applies to the next write without a new connection (attack 45)', async () => {
    const project = await addProject(ann)
    await addMember(ann, project, bob, 'editor')
    const task = await addTask(ann, { project: project.id })
    await position(server)
    const { socket, of } = await listen(bob)
    await join(socket, ['tasks'])
    await addMember(ann, project, bob, 'viewer')
    await eventually(() => assert.deepEqual(access(of), [{ project_id: project.id, readable: true, role: 'viewer' }]))
    refusesAck(await socket.emitWithAck('task_update', { task_id: task.id, updates: { title: 'x' } }), 'forbidden')
  })

  it('[FN3] hides a project that becomes private from strangers, and not from members and admins', async () => {
    const project = await addProject(ann, { visibility: 'internal' })
    const carl = await server.user('carl')
    await addMember(ann, project, carl, 'viewer')
    await position(server)
    const listeners = { bob: await listen(bob), carl: await listen(carl), admin: await listen(server.admin) }
    for (const { socket } of Object.values(listeners)) await join(socket, ['tasks', `project_${project.id}`])
    await expect(ann.rest('PATCH', `/projects/${project.id}`, { visibility: 'private' }), 200)
    await addTask(ann, { project: project.id, title: 'secret' })
    for (const [name, { of }] of Object.entries(listeners)) {
      await marker(of)
      const secret = of('task_created').filter(({ task }) => task.title === 'secret').length
      assert.deepEqual([name, secret], [name, name === 'bob' ? 0 : 1])
      assert.equal(of('room_left').length, name === 'bob' ? 1 : 0)
      assert.deepEqual(access(of), name === 'bob' ? [{ project_id: project.id, readable: false, role: null }] : [])
    }
  })

  it('[FN3] shows a project that becomes internal to everybody', async () => {
    const project = await addProject(ann)
    const { socket, of } = await listen(bob)
    await join(socket, ['tasks'])
    await expect(ann.rest('PATCH', `/projects/${project.id}`, { visibility: 'internal' }), 200)
    await addTask(ann, { project: project.id, title: 'open' })
    await eventually(() => assert.equal(of('task_created').filter(({ task }) => task.title === 'open').length, 1))
    assert.deepEqual(access(of), [{ project_id: project.id, readable: true, role: null }])
  })

  it('[FN4] reports a deleted project in every room, and removes sockets from its own room', async () => {
    const project = await addProject(ann)
    await addMember(ann, project, bob, 'viewer')
    const { socket, of } = await listen(bob)
    const other = await listen(bob)
    await join(socket, [`project_${project.id}`])
    await join(other.socket, ['tasks'])
    await expect(ann.rest('DELETE', `/projects/${project.id}`), 204)
    const expected = { project_id: project.id, version: 2, deleted_by: ann.person.id }
    for (const one of [of, other.of]) {
      await eventually(() =>
        assert.deepEqual(
          one('project_deleted').map(({ project_id, version, deleted_by }) => ({ project_id, version, deleted_by })),
          [expected],
        ),
      )
    }
    await eventually(() =>
      assert.deepEqual(of('room_left'), [{ room: `project_${project.id}`, reason: 'project_deleted' }]),
    )
  })

  it('[FN5] disconnects a demoted admin, who comes back with ordinary rights', async () => {
    const carl = await server.user('carl')
    const role = (name: string) =>
      expect(server.admin.rest('PUT', `/admin/users/${carl.person.id}`, { role: name }), 200)
    await role('admin')
    // The event restarts the sockets that are connected when it is sequenced.
    await position(server)
    const { socket } = await listen(carl)
    await join(socket, ['admin', 'tasks'])
    await role('user')
    await eventually(() => assert.equal(socket.connected, false))
    const again = await listen(carl)
    refusesAck(await again.socket.emitWithAck('join_room', { room: 'admin' }), 'forbidden')
    await join(again.socket, ['tasks'])
    await addTask(ann, { project: (await addProject(ann)).id, title: 'secret' })
    await marker(again.of)
    assert.equal(again.of('task_created').length, 1)
  })

  it('[FN6] reports that a session has ended and closes its sockets, and only these', async () => {
    const carl = await server.user('carl')
    const other = await server.login(carl.email)
    const [here, there] = [await listen(carl), await listen(other)]
    await expect(carl.rest('POST', '/auth/logout', {}), 204)
    await eventually(() => assert.equal(here.socket.connected, false))
    assert.deepEqual(
      here.of('error').map(({ error }) => error.code),
      ['session_ended'],
    )
    assert.equal(there.socket.connected, true)
    await assert.rejects(carl.socket(), (error: any) => error.data.error.code === 'session_ended')
  })

  it('[FN6] reports that an account is disabled and closes all its sockets (attack 47)', async () => {
    const carl = await server.user('carl')
    const listeners = [await listen(carl), await listen(await server.login(carl.email))]
    await expect(server.admin.rest('PUT', `/admin/users/${carl.person.id}`, { is_active: false }), 200)
    for (const { socket, of } of listeners) {
      await eventually(() => assert.equal(socket.connected, false))
      assert.deepEqual(
        of('error').map(({ error }) => error.code),
        ['account_disabled'],
      )
    }
    await assert.rejects(carl.socket(), (error: any) => error.data.error.code === 'account_disabled')
  })

  describe('a token that expires', () => {
    let brief: TestServer
    before(async () => void (brief = await startServer({ env: { ACCESS_TOKEN_TTL: '4' } })))
    after(() => brief.close())

    it('[FN7] closes its socket, with the reason (attack 46)', async () => {
      const { socket, of } = await listen(await brief.user('carl'))
      await eventually(() => assert.equal(socket.connected, false))
      assert.deepEqual(
        of('error').map(({ error }) => error.code),
        ['token_expired'],
      )
    })

    it('[FN7] does not close a socket that was given a new token in time (attack 46)', async () => {
      const carl = await brief.user('carl')
      const { socket } = await listen(carl)
      const refreshToken = { token: carl.refreshToken }
      const end = Date.now() + 5_000
      await eventually(
        async () => {
          const { body } = await expect(brief.rest('POST', '/auth/refresh', { refresh_token: refreshToken.token }), 200)
          refreshToken.token = body.refresh_token
          const answer = await socket.timeout(2_000).emitWithAck('authenticate', { token: body.access_token })
          assert.ok(answer.ok && Date.parse(answer.expires_at) > Date.now() - 50, JSON.stringify(answer))
          assert.ok(Date.now() > end, 'not yet')
        },
        { every: 300, within: 20_000 },
      )
      assert.equal(socket.connected, true)
    })
  })

  it('[FN8] is replaced by authenticate only with a token of the same session (attack 46)', async () => {
    const { socket } = await listen(bob)
    const other = await server.login(bob.email)
    refusesAck(await socket.emitWithAck('authenticate', { token: other.token }), 'forbidden')
    refusesAck(await socket.emitWithAck('authenticate', { token: ann.token }), 'forbidden')
    refusesAck(await socket.emitWithAck('authenticate', { token: 'nonsense' }), 'unauthenticated')
    refusesAck(await socket.emitWithAck('authenticate', { token: 5 }), 'validation_error', ['token'])
    const { ok, expires_at } = await socket.emitWithAck('authenticate', { token: bob.token })
    assert.ok(ok && Date.parse(expires_at) > Date.now())
    assert.equal((await socket.emitWithAck('authenticate', {})).ok, true)
    assert.equal(socket.connected, true)
  })
})

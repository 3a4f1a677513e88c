import assert from 'node:assert/strict'
import { createFrequentActs } from '../../server/features/audit/index.ts'
import { eventually } from '../support/eventually.ts'
import { png, upload } from '../suites/media.ts'
import { addMember, addProject, addTask, refuses, refusesAck } from '../suites/answers.ts'
import { type Client, expect, password, startServer, type TestServer } from '../support/server.ts'

interface Entry {
  user_id: number | null
  action: string
  resource: string
  resource_id: unknown
  details: Record<string, any>
  ip_address: string | null
}

describe('what the audit log records', () => {
  let server: TestServer
  before(async () => {
    server = await startServer({ tuning: { sealMs: 20 } })
  })
  after(() => server.close())

  const entries = async (query: string): Promise<Entry[]> =>
    (await expect(server.admin.rest('GET', `/audit/logs?page_size=100&${query}`), 200)).body.data.results
  /** What somebody did, oldest first. */
  const by = async ({ person }: Client) => (await entries(`user_id=${person.id}`)).toReversed()
  const refusalsOf = async ({ person }: Client) =>
    (await entries('action=session.refused')).filter(({ resource_id: id }) => id === person.id)
  const login = (email: string, secret: string) => server.rest('POST', '/auth/login', { email, password: secret })

  it('[AU8] a registration, a sign-in, a sign-out and a session that its owner has ended, each with the address', async () => {
    const ann = await server.user('ann')
    const [first, second, third] = [ann, await server.login(ann.email), await server.login(ann.email)]
    const { results } = (await expect(ann.rest('GET', '/sessions/list'), 200)).body.data
    const ended = results.find(({ current }: { current: boolean }) => !current).id
    await expect(first.rest('DELETE', `/sessions/${ended}`), 200)
    const left = [second, third]
    for (const client of left)
      if ((await client.rest('GET', '/auth/me')).status === 200)
        await expect(client.rest('POST', '/auth/logout', {}), 204)
    const found = await by(ann)
    assert.deepEqual(
      found.map(({ action }) => action),
      ['user.registered', 'session.opened', 'session.opened', 'session.opened', 'session.ended', 'session.closed'],
    )
    assert.equal(found[4]!.resource_id, ended)
    for (const { ip_address: address } of found) assert.match(address!, /127\.0\.0\.1|::1/)
  })

  it('[AU8] refused sign-ins, with the account and the reason, and without what was typed', async () => {
    const ann = await server.user('ann')
    await login(ann.email, 'not her password 1')
    await login('somebody.unknown@example.com', 'a password of somebody')
    await expect(server.admin.rest('PATCH', `/admin/users/${ann.person.id}/toggle-active`, {}), 200)
    assert.equal((await login(ann.email, password)).status, 403)
    await eventually(async () =>
      assert.deepEqual(
        (await refusalsOf(ann)).map(({ details }) => details.reason),
        ['account_disabled', 'wrong_password'],
      ),
    )
    const all = await entries('action=session.refused')
    assert.ok(all.some(({ resource_id: id, details }) => id === null && details.reason === 'unknown_account'))
    assert.doesNotMatch(JSON.stringify(all), /somebody\.unknown|a password of|not her/)
    assert.ok(all.every(({ user_id: id, ip_address: address }) => id === null && address !== null))
  })

  it('[AU10] what somebody was refused with 403, over REST and over a socket (attack 31)', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')]
    const project = await addProject(ann)
    const task = await addTask(ann, { project: project.id })
    await addMember(ann, project, bob, 'viewer')
    refuses(await bob.rest('GET', '/audit/logs'), 'forbidden')
    refuses(await bob.rest('PATCH', `/tasks/${task.id}`, { title: 'x' }), 'forbidden')
    const socket = await bob.socket()
    refusesAck(await socket.emitWithAck('task_update', { task_id: task.id, updates: { title: 'x' } }), 'forbidden')
    refuses(await upload(server, bob, [{ content: await png() }], { task_id: task.id }), 'forbidden')
    await eventually(async () => {
      const refused = (await by(bob)).filter(({ action }) => action === 'access.refused')
      assert.deepEqual(
        refused.map(({ details }) => details),
        [
          { method: 'GET', path: '/audit/logs' },
          { method: 'PATCH', path: '/tasks/:id' },
          { method: 'PATCH', path: '/tasks/:id' },
          { method: 'POST', path: '/blog/media/upload' },
        ],
      )
    })
  })

  it('[AU10] rooms that somebody was refused over a socket, and what they were refused to publish', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')]
    const other = `user_${bob.person.id}`
    const socket = await ann.socket()
    refusesAck(await socket.emitWithAck('join_room', { room: 'project_2000000000' }), 'not_found')
    // Refused as not_found because of the first room, and forbidden because of the second.
    refusesAck(await socket.emitWithAck('join_room', { rooms: ['project_2000000000', 'admin'] }), 'not_found')
    // A state that is sent before its room is joined: ordinary clients do that.
    const early = { room: 'tasks', state: { viewing: 'board' } }
    refusesAck(await socket.emitWithAck('presence_set', early), 'forbidden')
    const mayPublish = { permissions: ['events:publish'] }
    await expect(server.admin.rest('PUT', `/admin/users/${ann.person.id}`, mayPublish), 200)
    refuses(await ann.rest('POST', '/events', { room: other, name: 'payment.completed' }), 'forbidden')
    const refused = async () => (await by(ann)).filter(({ action }) => action === 'access.refused')
    await eventually(async () =>
      assert.deepEqual(
        (await refused()).map(({ details }) => details),
        [
          { method: 'SOCKET', path: 'join_room' },
          { method: 'POST', path: '/events' },
        ],
      ),
    )
  })

  it('[AU8] changed passwords and names, with what they were and without passwords', async () => {
    const ann = await server.user('ann')
    const change = { current_password: password, new_password: 'another good password 7' }
    await expect(ann.rest('PATCH', '/auth/me', { name: 'Ann Other' }), 200)
    await expect(ann.rest('POST', '/auth/change-password', { ...change, current_password: 'wrong password 1' }), 400)
    await expect(ann.rest('POST', '/auth/change-password', change), 204)
    await eventually(async () => {
      const found = (await by(ann)).slice(2)
      assert.deepEqual(found.map(({ action }) => action).toSorted(), [
        'user.password_change_refused',
        'user.password_changed',
        'user.renamed',
      ])
      assert.equal(found[0]!.details.changes.name.to, 'Ann Other')
      assert.doesNotMatch(JSON.stringify(found), /password 7|password 1/)
    })
  })

  it('[AU8] a refresh token that was spent and comes back, and a password that a token has set (attack 9)', async () => {
    const ann = await server.user('ann')
    const refresh = () => server.rest('POST', '/auth/refresh', { refresh_token: ann.refreshToken })
    await expect(refresh(), 200)
    await server.query(`update refresh_tokens set spent_at = spent_at - interval '1 minute' where spent_at is not null`)
    await expect(refresh(), 401)
    const [reused] = (await entries('action=session.token_reused')).filter(
      ({ details }) => details.user_id === ann.person.id,
    )
    assert.deepEqual([reused!.user_id, reused!.resource], [null, 'session'])
    const { body } = await expect(server.admin.rest('POST', `/admin/users/${ann.person.id}/reset-password`, {}), 200)
    const set = { token: body.reset_token, new_password: 'a new long secret 3' }
    await expect(server.rest('POST', '/auth/reset-password', set), 204)
    const [entry] = await entries('action=user.password_set')
    assert.equal(entry!.resource_id, ann.person.id)
    assert.ok(!JSON.stringify(await entries('resource=user')).includes(set.token))
  })

  it('[AU8] who got, changed and lost a role in a project, from which and to which', async () => {
    const [ann, ben] = [await server.user('ann'), await server.user('ben')]
    const project = await addProject(ann)
    await addMember(ann, project, ben, 'viewer')
    await addMember(ann, project, ben, 'editor')
    await addMember(ann, project, ben, 'editor')
    await expect(ben.rest('DELETE', `/projects/${project.id}/members/${ben.person.id}`), 204)
    const found = (await entries('resource=project'))
      .filter(({ resource_id: id }) => id === project.id)
      .toReversed()
      .map(({ action, user_id: who, details }) => [action, who, details.user_id, details.role.from, details.role.to])
    assert.deepEqual(found, [
      ['member.added', ann.person.id, ben.person.id, null, 'viewer'],
      ['member.updated', ann.person.id, ben.person.id, 'viewer', 'editor'],
      ['member.removed', ben.person.id, ben.person.id, 'editor', null],
    ])
  })

  describe('of acts that anybody may repeat', () => {
    let ms = Date.parse('2030-01-01T00:00:00Z')
    const database = {
      query: ({ text, values }: { text: string; values: unknown[] }) => server.query(text, values),
    } as never
    const acts = () => createFrequentActs({ database }, () => ms)
    const refused = (address: string, resourceId: number | null = null) =>
      [
        { person: null, address, userAgent: 'x' },
        { action: 'test.refused', resource: 'user', resourceId, details: {} },
      ] as const
    const found = async (action = 'test.refused') => entries(`action=${action}&created_at_start=2029-01-01T00:00:00Z`)
    beforeEach(() => (ms += 3600_000))
    /** Of this hour of the test. */
    const now = async () =>
      (await found()).filter(entry => Date.parse((entry as never as { created_at: string }).created_at) >= ms - 60_000)

    it('[AU9] an account that is tried from one address and from many has few entries, and one that says how often', async () => {
      for (const addressOf of [() => '192.0.2.1', (n: number) => `2001:db8:${n.toString(16)}::1`]) {
        ms += 3600_000
        const noted = acts()
        for (let n = 0; n < 500; n++) noted.note(...refused(addressOf(n), 77))
        await noted.write()
        const own = (await now()).length
        assert.ok(own > 0 && own <= 20, String(own))
        ms += 60_000
        await noted.write()
        const [sum, ...others] = (await now()).slice(0, (await now()).length - own)
        assert.deepEqual([others.length, sum!.resource_id, sum!.details.count], [0, 77, 500 - own])
      }
    })

    it('[AU9] ten thousand accounts from ten thousand addresses do not fill the log', async () => {
      const noted = acts()
      for (let n = 0; n < 10_000; n++) noted.note(...refused(`10.0.${n >> 8}.${n & 255}`, n))
      ms += 60_000
      await noted.write()
      await noted.write()
      const rows = await server.query<{ details: { count?: number } }>(
        `select details from audit_log where action = 'test.refused' and created_at >= $1`,
        [new Date(ms - 60_000).toISOString()],
      )
      assert.ok(rows.length <= 200, String(rows.length))
      assert.equal(
        rows.reduce((sum, { details }) => sum + (details.count ?? 1), 0),
        10_000,
      )
    })

    it('[AU9] sign-ins that are accepted over and over are counted too', async () => {
      const noted = acts()
      const { admin } = server
      const tx = {
        query: ({ text, values }: any) => server.query(text, values),
        now: new Date(ms).toISOString(),
      } as never
      for (let n = 0; n < 50; n++)
        await noted.add(
          tx,
          { person: admin.person as never, address: '192.0.2.9', userAgent: 'x' },
          {
            action: 'test.opened',
            resource: 'session',
            resourceId: `s${n}`,
          },
        )
      await noted.write(true)
      const all = await found('test.opened')
      assert.ok(all.length < 20, String(all.length))
      assert.equal(
        all.reduce((sum, { details }) => sum + (details.count ?? 1), 0),
        50,
      )
    })
  })
})

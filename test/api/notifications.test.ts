import assert from 'node:assert/strict'
import { optionalNotificationTypes } from '../../contract/index.ts'
import { openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { waitingForLocks } from '../support/lock-waits.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, addTask, refuses } from '../suites/answers.ts'
import { eventsOf } from '../suites/event-log.ts'
import { join, listen } from '../suites/sockets.ts'

describe('notifications', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  before(async () => void (server = await startServer()))
  beforeEach(async () => {
    ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
  })
  after(() => server.close())

  const of = async (client: Client, query = '') =>
    (await expect(client.rest('GET', `/notifications${query}`), 200)).body
  const assign = (to: Client, title: string) => addTask(ann, { title, assignee_id: to.person.id })

  it('[NT1] shows only the own notifications, and only to people who are signed in', async () => {
    refuses(await server.rest('GET', '/notifications'), 'unauthenticated')
    await assign(bob, 'yours')
    assert.equal((await of(bob)).count, 1)
    assert.deepEqual((await of(ann)).results, [])
  })

  it('[NT2] notifies a person of a task that somebody else assigns, once', async () => {
    const task = await assign(bob, 'Fetch water')
    await expect(ann.rest('PATCH', `/tasks/${task.id}`, { title: 'Fetch more water' }), 200)
    await assign(ann, 'mine')
    const { results, unread_count } = await of(bob)
    assert.deepEqual([results.length, unread_count], [1, 1])
    assert.equal(results[0].type, 'assigned')
    assert.match(results[0].message, /assigned “Fetch water” to you/)
    assert.equal(results[0].data.task_id, task.id)
    assert.equal((await of(ann)).count, 0)
  })

  it('[NT2] notifies of a new role in a project, and of a new role of the account', async () => {
    const project = await addProject(ann, { name: 'Garden' })
    await addMember(ann, project, bob, 'viewer')
    await expect(ann.rest('DELETE', `/projects/${project.id}/members/${bob.person.id}`), 204)
    await expect(server.admin.rest('PUT', `/admin/users/${bob.person.id}`, { role: 'admin' }), 200)
    const messages = (await of(bob)).results.map(({ message }: any) => message.replace(/^\S+ /, ''))
    assert.deepEqual(messages, [
      'made you an administrator',
      'removed you from “Garden”',
      'made you viewer of “Garden”',
    ])
    await expect(server.admin.rest('PUT', `/admin/users/${bob.person.id}`, { role: 'user' }), 200)
  })

  it('[NT3] sends them live to every socket of the person, and to nobody else’s', async () => {
    const [mine, others] = [await listen(bob), await listen(ann)]
    await join(mine.socket, [`user_${bob.person.id}`])
    await join(others.socket, ['tasks', `user_${ann.person.id}`])
    await assign(bob, 'now')
    await eventually(() => assert.equal(mine.of('notification').length, 1))
    const { id, type, message, data, offset } = mine.of('notification')[0]
    assert.deepEqual([(await of(bob)).results[0].id, type, data.by], [id, 'assigned', ann.person.id])
    assert.ok(message && offset > 0)
    assert.deepEqual(others.of('notification'), [])
  })

  it('[NT4] marks one or all as read, and the person’s other tabs follow', async () => {
    for (const title of ['1', '2', '3']) await assign(bob, title)
    const [third, second] = (await of(bob)).results
    const read = (ids?: number[]) => bob.rest('POST', '/notifications/read', ids ? { ids } : {})
    const events = await eventsOf(server, async () => {
      assert.deepEqual((await expect(read([third.id, second.id]), 200)).body, { read_count: 2 })
    })
    assert.deepEqual(
      events.map(({ event, scope, payload }) => [event, scope, payload.unread_count]),
      [['notifications_read', `u${bob.person.id}`, 1]],
    )
    assert.deepEqual((await expect(read([third.id]), 200)).body, { read_count: 0 })
    assert.equal((await of(bob, '?unread=true')).results[0].message.includes('“1”'), true)
    assert.deepEqual((await expect(read(), 200)).body, { read_count: 1 })
    assert.deepEqual([(await of(bob, '?unread=true')).count, (await of(bob)).unread_count], [0, 0])
  })

  it('[NT4] marks all up to the id in the answer as read, and none that arrives at that moment', async () => {
    const lock = 4711
    await server.query(`
      create function wait_a_while() returns trigger language plpgsql as $$
      begin perform pg_advisory_xact_lock_shared(${lock}); return null; end $$`)
    await server.query(
      'create trigger wait_a_while after insert on notifications for each row execute function wait_a_while()',
    )
    await assign(bob, 'before')
    const holder = await openConnection(server.databaseUrl)
    const waiting = async (count: number) => {
      const found = (await waitingForLocks(server)).filter(({ lock: kind }) => kind === 'advisory')
      assert.ok(found.length >= count)
    }
    let answered = false
    const events = await eventsOf(server, async () => {
      await holder.query(`select pg_advisory_lock(${lock})`)
      const coming = assign(bob, 'at that moment')
      await eventually(() => waiting(1))
      const reading = expect(bob.rest('POST', '/notifications/read', {}), 200).finally(() => {
        answered = true
      })
      await eventually(() => (answered ? undefined : waiting(2)))
      await holder.end()
      await Promise.all([coming, reading])
    })
    await server.query('drop trigger wait_a_while on notifications')
    const { results, unread_count } = await of(bob)
    const reported = events.filter(({ event }) => event.startsWith('notification'))
    assert.deepEqual(
      reported.map(({ event, payload }) => [event, payload.up_to ?? payload.id]),
      [
        ['notification', results[0].id],
        ['notifications_read', results[0].id],
      ],
    )
    assert.equal(unread_count, 0)
  })

  it('[NT4] refuses to mark another person’s notifications as read', async () => {
    await assign(bob, 'x')
    const { results } = await of(bob)
    assert.deepEqual((await expect(ann.rest('POST', '/notifications/read', { ids: [results[0].id] }), 200)).body, {
      read_count: 0,
    })
    assert.equal((await of(bob)).unread_count, 1)
  })

  it('[NT5] sends no notification of a kind that is switched off, and those of the other kinds', async () => {
    const everything = Object.fromEntries(optionalNotificationTypes.map(type => [type, true]))
    assert.deepEqual((await expect(bob.rest('GET', '/notifications/preferences'), 200)).body, everything)
    const { body } = await expect(bob.rest('PUT', '/notifications/preferences', { assigned: false }), 200)
    assert.deepEqual(body, { ...everything, assigned: false })
    await assign(bob, 'unwanted')
    await addMember(ann, await addProject(ann), bob, 'viewer')
    assert.deepEqual(
      (await of(bob)).results.map(({ type }: any) => type),
      ['role_changed'],
    )
    await expect(bob.rest('PUT', '/notifications/preferences', { assigned: true }), 200)
    await assign(bob, 'wanted')
    assert.equal((await of(bob)).count, 2)
  })

  it('[NT5] keeps every one of several simultaneous switches', async () => {
    const types = optionalNotificationTypes
    const put = (type: string) => bob.rest('PUT', '/notifications/preferences', { [type]: false })
    await Promise.all(types.map(type => expect(put(type), 200)))
    const { body } = await expect(bob.rest('GET', '/notifications/preferences'), 200)
    assert.deepEqual(body, Object.fromEntries(types.map(type => [type, false])))
  })

  for (const preferences of [{ nothing: true }, { assigned: 'no' }, { security: false }]) {
    it(`[BI1] refuses ${JSON.stringify(preferences)} as preferences`, async () => {
      refuses(
        await bob.rest('PUT', '/notifications/preferences', preferences),
        'validation_error',
        Object.keys(preferences),
      )
    })
  }
})

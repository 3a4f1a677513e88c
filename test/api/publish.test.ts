import assert from 'node:assert/strict'
import { limits } from '../../contract/index.ts'
import { createClient } from '../../sdk/index.ts'
import { addMember, addProject, addTask, masked, refuses } from '../suites/answers.ts'
import { eventsOf, position } from '../suites/event-log.ts'
import { join } from '../suites/sockets.ts'
import { register, startReceiver, verify, webhookEnv, webhookTuning } from '../suites/webhook-receiver.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'

describe('application events', () => {
  let server: TestServer
  let shop: Client
  let ann: Client
  let eve: Client
  let project: any
  before(async () => void (server = await startServer({ env: webhookEnv, tuning: webhookTuning })))
  after(() => server.close())
  beforeEach(async () => {
    ;[shop, ann, eve] = [await server.user('shop'), await server.user('ann'), await server.user('eve')]
    await permit(shop)
    project = await addProject(ann)
    await addMember(ann, project, shop, 'viewer')
  })

  const permit = ({ person }: Client, permissions = ['events:publish']) =>
    expect(server.admin.rest('PUT', `/admin/users/${person.id}`, { permissions }), 200)
  const publish = (client: Client, body: object = {}, headers: Record<string, string> = {}) =>
    client.rest('POST', '/events', { room: `project_${project.id}`, name: 'payment.completed', ...body }, headers)
  const hears = async (client: Client, room: string) => {
    const heard: any[] = []
    const socket = await client.socket({}, one => one.on('payment.completed', event => heard.push(event)))
    await join(socket, [room])
    return heard
  }

  it('[PU1] needs the permission events:publish, which administrators have', async () => {
    refuses(await server.rest('POST', '/events', { room: 'tasks', name: 'a.b' }), 'unauthenticated')
    const refused = refuses(await publish(ann), 'forbidden')
    assert.deepEqual(refused.details, { permission: 'events:publish' })
    await permit(ann, ['events:read', 'metrics:read'])
    refuses(await publish(ann), 'forbidden')
    await permit(ann)
    await expect(publish(ann), 201)
    await permit(ann, [])
    refuses(await publish(ann), 'forbidden')
    await expect(publish(server.admin), 201)
  })

  it('[PU2] goes to rooms that the caller may join, and to no others', async () => {
    for (const room of [`user_${shop.person.id}`, 'tasks', 'posts']) await expect(publish(shop, { room }), 201)
    const hidden = await addProject(ann)
    const [unseen, none] = await Promise.all([hidden.id, 999_999].map(id => publish(shop, { room: `project_${id}` })))
    refuses(unseen!, 'not_found')
    const named = (answer: typeof unseen) => masked(answer!)[1].replaceAll(/project_\d+/g, 'project')
    assert.equal(named(unseen), named(none))
    for (const room of [`user_${ann.person.id}`, 'admin']) refuses(await publish(shop, { room }), 'forbidden')
    refuses(await publish(shop, { room: 'kitchen' }), 'validation_error', ['room'])
    refuses(await publish(server.admin, { room: 'admin' }), 'validation_error', ['room'])
    refuses(await publish(server.admin, { room: 'user_999999' }), 'not_found')
    await expect(publish(server.admin, { room: `user_${ann.person.id}` }), 201)
  })

  for (const name of [
    'payment',
    'task.created',
    'task_created.x',
    'user.born',
    'notification.x',
    'a b.c',
    '.a',
    `a.${'b'.repeat(99)}`,
    '',
  ])
    it(`[PU3] refuses the name “${name.slice(0, 20)}”`, async () => {
      refuses(await publish(shop, { name }), 'validation_error', ['name'])
    })

  it('[PU3] takes any JSON up to its bounds as data, and gives it unchanged', async () => {
    const largest = 'é'.repeat((limits.publishedBytes - 2) / 2)
    for (const data of [null, 0, 'x', [1, [2]], { a: { b: null } }, largest, 'a \\u0000 in letters', '🎈 \\ud83d'])
      assert.deepEqual((await expect(publish(shop, { data }), 201)).body.data, data)
    assert.equal((await expect(publish(shop), 201)).body.data, null)
    const nested = JSON.parse('['.repeat(40) + ']'.repeat(40))
    for (const data of [`${largest}é`, 'a\u0000b', { deep: ['\ud83d'] }, { 'key\u0000': 1 }, nested])
      refuses(await publish(shop, { data }), 'validation_error', ['data'])
  })

  it('[PU4] is an event like any other: in the log with an offset, for those who are in the room', async () => {
    const [inProject, ofTasks] = [await hears(ann, `project_${project.id}`), await hears(ann, 'tasks')]
    const [strangers, admins] = [await hears(eve, 'tasks'), await hears(server.admin, `project_${project.id}`)]
    const data = { order: 42 }
    const [logged, ...more] = await eventsOf(server, async () => {
      const { body } = await expect(publish(shop, { data }, { 'x-mutation-id': 'mine' }), 201)
      assert.deepEqual(
        { ...body, at: '' },
        { name: 'payment.completed', data, published_by: shop.person.id, room: `project_${project.id}`, at: '' },
      )
    })
    assert.deepEqual([logged!.event, logged!.scope, more], ['payment.completed', `p${project.id}`, []])
    await addTask(ann, { project: project.id })
    const wanted = { name: 'payment.completed', data, published_by: shop.person.id, mutation_id: 'mine' }
    await eventually(() => assert.deepEqual([inProject.length, admins.length], [1, 1]))
    for (const { at, ...event } of [...inProject, ...admins]) {
      assert.match(at, /Z$/)
      assert.deepEqual(event, { ...wanted, offset: logged!.offset })
    }
    assert.deepEqual([ofTasks, strangers], [[], []])
  })

  it('[PU4] reaches everybody in the room of a topic, and nobody in another', async () => {
    const [inTasks, inPosts, admins] = [
      await hears(eve, 'tasks'),
      await hears(eve, 'posts'),
      await hears(server.admin, 'tasks'),
    ]
    const since = await position(server)
    await expect(publish(shop, { room: 'tasks', data: 1 }), 201)
    await expect(publish(shop, { room: 'posts', data: 2 }), 201)
    await eventually(() =>
      assert.deepEqual(
        [inTasks, inPosts, admins].map(heard => heard.length),
        [1, 1, 1],
      ),
    )
    assert.deepEqual([inTasks[0].data, inPosts[0].data, admins[0].data], [1, 2, 1])
    for (const client of [eve, server.admin])
      for (const [room, data] of [
        ['tasks', [1]],
        ['posts', [2]],
        ['videos', []],
      ] as const) {
        const { results } = (await expect(client.rest('GET', `/events?room=${room}&since=${since}`), 200)).body
        assert.deepEqual(
          results.map(({ payload }: any) => payload.data),
          data,
        )
      }
  })

  it('[PU4] comes on resume and from GET /events, for present readers only', async () => {
    const since = await position(server)
    await expect(publish(shop, { data: 'missed' }), 201)
    await position(server)
    const room = `project_${project.id}`
    const heard: any[] = []
    const socket = await ann.socket({}, one => one.on('payment.completed', event => heard.push(event)))
    const answer: any = await socket.emitWithAck('join_room', { room, since })
    assert.deepEqual([answer.recovered, answer.missed], [true, 1])
    await eventually(() => assert.equal(heard[0]?.data, 'missed'))
    const { results } = (await expect(ann.rest('GET', `/events?room=${room}&since=${since}`), 200)).body
    assert.deepEqual(results, [
      { offset: heard[0].offset, at: heard[0].at, event: 'payment.completed', payload: heard[0] },
    ])
    refuses(await eve.rest('GET', `/events?room=${room}&since=${since}`), 'not_found')
    await expect(ann.rest('DELETE', `/projects/${project.id}/members/${shop.person.id}`), 204)
    refuses(await publish(shop), 'not_found')
  })

  it('[PU4] reaches webhooks of those who may read it, by its name and by *', async () => {
    const [named, all, others] = [await startReceiver(), await startReceiver(), await startReceiver()]
    try {
      const { secret } = await register(ann, named.url, ['payment.completed'])
      await register(server.admin, all.url, ['*'])
      await register(eve, others.url, ['*', 'payment.completed'])
      await expect(publish(shop, { name: 'payment.refused' }), 201)
      await expect(publish(shop, { data: { order: 7 } }), 201)
      await expect(publish(shop, { room: 'tasks', data: 'to all' }), 201)
      await named.has(2)
      await others.has(1)
      await eventually(() => assert.ok(all.types().filter(type => type.startsWith('payment.')).length === 3))
      verify(secret, named.got[0]!)
      const datas = ({ got }: typeof named) => got.map(({ message }) => message.data.data)
      assert.deepEqual(
        [named.types(), others.types()],
        [['payment.completed', 'payment.completed'], ['payment.completed']],
      )
      assert.deepEqual([new Set(datas(named)), datas(others)], [new Set([{ order: 7 }, 'to all']), ['to all']])
    } finally {
      await server.query('delete from webhooks')
      for (const receiver of [named, all, others]) await receiver.close()
    }
  })

  it('[PU5] publishes once for one Idempotency-Key, and refuses another body with it', async () => {
    const key = { 'idempotency-key': 'order 42' }
    const published = await eventsOf(server, async () => {
      const [first, second] = [await publish(shop, { data: 1 }, key), await publish(shop, { data: 1 }, key)]
      assert.deepEqual([first.status, second.body], [201, first.body])
      refuses(await publish(shop, { data: 2 }, key), 'idempotency_key_reused')
    })
    assert.equal(published.length, 1)
  })

  it('[PU5] answers with a position from which the event is found', async () => {
    const { headers } = await expect(publish(shop, { data: 'found' }), 201)
    const [since, epoch] = [headers.get('x-event-offset'), headers.get('x-event-epoch')]
    await position(server)
    const from = `room=project_${project.id}&since=${since}&epoch=${epoch}`
    const { results } = (await expect(shop.rest('GET', `/events?${from}`), 200)).body
    assert.equal(results.findLast(({ event }: any) => event === 'payment.completed').payload.data, 'found')
  })

  it('[PU6] is published by the SDK, and heard by its name and as an event', async () => {
    await position(server)
    const [sender, reader] = [shop, ann].map(({ token }) => createClient({ url: server.url, token }))
    const live = reader!.realtime()
    const heard: unknown[] = []
    const every: string[] = []
    live.on('payment.completed', ({ name, data, published_by: by }) => heard.push([name, data, by]))
    const stop = live.on('order.placed', () => heard.push('order'))
    live.on('event', event => every.push(event.name))
    try {
      live.start([`project_${project.id}`])
      await eventually(() => assert.equal(live.status(), 'live'))
      const room = `project_${project.id}`
      const answer = await sender!.events.publish({ room, name: 'payment.completed', data: { order: 1 } })
      assert.equal(answer.published_by, shop.person.id)
      await sender!.eventLog.publish({ room, name: 'order.placed' })
      await eventually(() => assert.equal(every.length, 2))
      stop()
      await sender!.events.publish({ room, name: 'order.placed' })
      await eventually(() => assert.equal(every.length, 3))
      assert.deepEqual(heard, [['payment.completed', { order: 1 }, shop.person.id], 'order'])
      assert.deepEqual(every, ['payment.completed', 'order.placed', 'order.placed'])
    } finally {
      live.stop()
    }
  })
})

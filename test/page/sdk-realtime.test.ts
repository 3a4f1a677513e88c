import assert from 'node:assert/strict'
import { createClient, positionOf, type LiveEvent, type LiveStatus, type Realtime } from '../../sdk/index.ts'
import { eventually } from '../support/eventually.ts'
import { startRelay, type Relay } from '../support/relay.ts'
import { expect, startServer, type Client, type TestServer } from '../support/server.ts'

const tokenTtlSeconds = 6

describe('sdk: realtime, without a browser', () => {
  let server: TestServer
  let relay: Relay
  let ada: Client
  let live: Realtime
  let seen: LiveEvent[]
  let statuses: LiveStatus[]
  let renewals: number

  before(async () => {
    server = await startServer({ env: { ACCESS_TOKEN_TTL: String(tokenTtlSeconds) } })
    relay = await startRelay(server.url)
  })
  after(async () => {
    await relay?.close()
    await server?.close()
  })
  beforeEach(async () => {
    ada = await server.user('ada')
    const credentials = { access_token: ada.token, refresh_token: ada.refreshToken }
    const client = createClient({ url: relay.url, credentials })
    renewals = 0
    client.onTokens(() => (renewals += 1))
    live = client.realtime()
    seen = []
    statuses = []
    live.on('event', event => seen.push(event))
    live.on('status', status => statuses.push(status))
    live.start(['tasks'], positionOf(await client.tasks.list()))
    await eventually(() => assert.equal(live.status(), 'live'))
  })
  afterEach(() => live?.stop())

  const titles = () => seen.map(event => (event.name === 'task_created' ? event.task.title : event.name))
  /** The token of the test server's admin has expired by now. */
  const create = async (title: string) => {
    const admin = await server.login('admin@example.com')
    await expect(admin.rest('POST', '/tasks', { title }), 201)
  }

  it('[SDK26] tells an event by its name, also when its thing is called like another event', async () => {
    const published: unknown[] = []
    live.on('payment.completed', event => published.push(event))
    live.join('flags')
    await eventually(() => assert.ok('flags' in live.presence()))
    const admin = await server.login('admin@example.com')
    await expect(admin.rest('POST', '/features/toggle', { name: 'payment.completed' }), 200)
    await eventually(() => assert.equal(seen.length, 1))
    const event = seen[0]!
    assert.deepEqual(
      [event.name, event.name === 'flag_updated' && event.own_name, published],
      ['flag_updated', 'payment.completed', []],
    )
  })

  it('[SDK16] gets events in order, and after a break exactly what was missed', async () => {
    await create('one')
    await eventually(() => assert.deepEqual(titles(), ['one']))
    await relay.cut()
    await eventually(() => assert.equal(live.status(), 'reconnecting'))
    for (const title of ['two', 'three']) await create(title)
    await relay.restore()

    await eventually(() => assert.deepEqual(titles(), ['one', 'two', 'three']))
    await create('four')
    await eventually(() => assert.deepEqual(titles(), ['one', 'two', 'three', 'four']))
  })

  it('[SDK17] renews the token on the live socket, which lives longer than the token', async function () {
    this.timeout(120_000)
    await eventually(() => assert.equal(renewals, 2), { within: tokenTtlSeconds * 5_000 })

    assert.deepEqual(statuses, ['reconnecting', 'live'])
    assert.deepEqual([...(live.presence().tasks?.members.keys() ?? [])], [ada.person.id])
  })

  it('[SDK18] stops for good when the session ends, and reports why', async () => {
    const reasons: string[] = []
    live.on('signedOut', reason => reasons.push(reason))
    const other = await server.login(ada.email)
    const { body } = await expect(other.rest('GET', '/sessions/list'), 200)
    for (const { id, current } of body.data.results) if (!current) await other.rest('DELETE', `/sessions/${id}`)

    await eventually(() => assert.deepEqual(reasons, ['session_ended']))
    assert.equal(live.status(), 'offline')
  })

  it('[SDK8] sends its own state again after a break', async () => {
    live.setPresence('tasks', { editing: 7 })
    await relay.cut()
    await relay.restore()
    await eventually(() => assert.equal(live.status(), 'live'))

    const other = await server.login(ada.email)
    await eventually(async () => {
      const { body } = await expect(other.rest('GET', '/rooms/tasks/members'), 200)
      assert.deepEqual(body.results[0]?.state, { editing: 7 })
    })
  })
})

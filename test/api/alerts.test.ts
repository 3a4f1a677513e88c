import assert from 'node:assert/strict'
import { seenIn, type Readings, type Thresholds } from '../../server/features/alerts/rules.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { eventually } from '../support/eventually.ts'
import { refuses, refusesAck } from '../suites/answers.ts'
import { position } from '../suites/event-log.ts'
import { join, listen } from '../suites/sockets.ts'

const tuning = { alerts: { everyMs: 20, clearAfterMs: 100 } }

describe('alerts', () => {
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer({
      tuning,
      env: { ALERT_REFUSED_SIGN_INS_PER_MINUTE: '3', ALERT_DEAD_LETTERS_PER_HOUR: '1' },
    })
    ann = await server.user('ann')
  })
  after(() => server.close())

  const list = async (query = '') => (await expect(server.admin.rest('GET', `/alerts${query}`), 200)).body.data.results
  /** A failed backup is a reason that a test can begin and end. */
  const backup = (status: 'completed' | 'failed') =>
    server.query(
      `insert into backups (type, status, key, error, is_scheduled, created_at)
       values ('full', $1, gen_random_uuid()::text, 'the disk is full', false, now())`,
      [status],
    )
  const fail = () => backup('failed')
  const succeed = () => backup('completed')
  const cleared = () => eventually(async () => assert.deepEqual(await list('?state=raised&name=backup_failed'), []))
  afterEach(async () => {
    await succeed()
    await cleared()
  })

  it('[AL1] are for administrators only', async () => {
    refuses(await server.rest('GET', '/alerts'), 'unauthenticated')
    refuses(await ann.rest('GET', '/alerts'), 'forbidden')
    const { socket } = await listen(ann)
    refusesAck(await socket.emitWithAck('join_room', { room: 'admin' }), 'forbidden')
  })

  it('[AL2] are raised once for a lasting reason, and cleared when it is gone', async () => {
    await fail()
    const [alert] = await eventually(async () => {
      const found = await list('?state=raised&name=backup_failed')
      assert.equal(found.length, 1)
      return found
    })
    assert.deepEqual(
      [alert.severity, alert.details, alert.cleared_at],
      ['critical', { error: 'the disk is full' }, null],
    )
    await succeed()
    await cleared()
    const known = (await list('?name=backup_failed')).find(({ id }: { id: number }) => id === alert.id)
    assert.equal(known.state, 'cleared')
    assert.ok(Date.parse(known.cleared_at) >= Date.parse(known.raised_at))
  })

  it('[AL3] reach administrators in the room admin, also on resume, and nobody else', async () => {
    const chief = await listen(server.admin)
    const { offset, epoch } = await join(chief.socket, ['admin'])
    const other = await listen(ann)
    await join(other.socket, ['tasks', 'projects', `user_${ann.person.id}`])
    await fail()
    await eventually(() =>
      assert.equal(
        chief.of('alert_raised').some(({ alert }) => alert.name === 'backup_failed'),
        true,
      ),
    )
    await succeed()
    await eventually(() => {
      const { alert } = chief.of('alert_cleared').find(one => one.alert.name === 'backup_failed')!
      assert.equal(alert.state, 'cleared')
    })
    const again = await listen(server.admin)
    const joined = await join(again.socket, ['admin'], { since: offset, epoch })
    assert.ok(joined.recovered && joined.missed >= 2)
    const { body } = await expect(server.admin.rest('GET', `/events?room=admin&since=${offset}&epoch=${epoch}`), 200)
    const names = body.results.map(({ event }: { event: string }) => event)
    assert.ok(names.includes('alert_raised') && names.includes('alert_cleared'))
    assert.deepEqual(other.of('alert_raised', 'alert_cleared'), [])
  })

  it('[AL3] end for a socket whose person is no administrator any more', async () => {
    const bob = await server.user('bob')
    await expect(server.admin.rest('PUT', `/admin/users/${bob.person.id}`, { role: 'admin' }), 200)
    // The event restarts the sockets that are connected when it is delivered.
    await position(server)
    const { socket, of } = await listen(bob)
    await join(socket, ['admin'])
    await expect(server.admin.rest('PUT', `/admin/users/${bob.person.id}`, { role: 'user' }), 200)
    await eventually(() => assert.ok(!socket.connected), { within: 30_000 })
    const chief = await listen(server.admin)
    await join(chief.socket, ['admin'])
    await fail()
    await eventually(() => assert.ok(chief.of('alert_raised').length > 0))
    assert.deepEqual(of('alert_raised'), [])
  })

  it('[AL4] are notifications for administrators', async () => {
    const chief = await listen(server.admin)
    await join(chief.socket, [`user_${server.admin.person.id}`])
    await fail()
    const notice = await eventually(() => {
      const found = chief.of('notification').find(({ type, data }) => type === 'alert' && data.name === 'backup_failed')
      assert.ok(found)
      return found
    })
    assert.deepEqual(
      [notice.data.name, notice.data.severity, notice.message],
      ['backup_failed', 'critical', 'The last backup failed'],
    )
    const { results } = (await expect(ann.rest('GET', '/notifications'), 200)).body
    assert.deepEqual(results, [])
  })

  it('[AL5] are raised for sign-ins with wrong passwords', async () => {
    for (let nth = 0; nth < 3; nth++)
      refuses(
        await server.rest('POST', '/auth/login', { email: ann.email, password: `wrong ${nth}` }),
        'invalid_credentials',
      )
    await eventually(async () => assert.equal((await list('?state=raised&name=refused_sign_ins')).length, 1))
  })

  it('[AL5] are raised for deliveries to webhooks that were given up', async () => {
    const webhook = { url: 'https://example.com/hook', events: ['task.created'] }
    const { id } = (await expect(ann.rest('POST', '/webhooks/register', webhook), 201)).body.data
    await server.query(
      `insert into webhook_deliveries
         (webhook_id, message_id, event, "offset", status, attempts, created_at, completed_at)
       select $1, 'msg_' || n, 'task.created', nullif(n, 0), 'failed', 9, now(), now() - n * interval '50 minutes'
       from generate_series(0, 2) n`,
      [id],
    )
    const [alert] = await eventually(async () => {
      const found = await list('?state=raised&name=dead_letters')
      assert.equal(found.length, 1)
      return found
    })
    assert.deepEqual(alert.details, { deliveries: 1 })
  })

  const limits: Thresholds = {
    errorRate: 0.05,
    eventLagMs: 5_000,
    diskFreeMb: 1,
    rateLimitedPerMinute: 600,
    refusedSignInsPerMinute: 100,
    deadLettersPerHour: 10,
  }
  const component = { status: 'healthy', latency_ms: 1 }
  const calm = {
    health: { components: { database: component, storage: { ...component, free_bytes: 2 ** 30 } } },
    system: { requests: { error_rate: 0, recent: { count: 100 } }, events: { lag: { p99_ms: 3 }, behind: 0 } },
    performance: { errors: [] },
    troubles: { backup_error: null, webhooks: 0, deliveries: 9 },
  }
  const seen = (change: (readings: any) => void, thresholds = limits) => {
    const readings = structuredClone(calm) as unknown as Readings
    change(readings)
    return seenIn(readings, thresholds).map(({ name, severity }) => `${name} ${severity}`)
  }
  const reasons: [string, (readings: any) => void, string[]][] = [
    ['nothing', () => {}, []],
    ['a part that is degraded', r => (r.health.components.database.status = 'degraded'), ['health_database warning']],
    ['a part that is down', r => (r.health.components.database.status = 'unhealthy'), ['health_database critical']],
    ['one failure in twenty requests', r => (r.system.requests.error_rate = 0.05), ['error_rate critical']],
    ['failures of very few requests', r => (r.system.requests = { error_rate: 1, recent: { count: 19 } }), []],
    ['events that are late', r => (r.system.events.lag.p99_ms = 5_000), ['event_lag warning']],
    ['no events', r => (r.system.events.lag.p99_ms = null), []],
    ['a full disk', r => (r.health.components.storage.free_bytes = 1_000), ['disk critical']],
    ['a storage without a size', r => delete r.health.components.storage.free_bytes, []],
    [
      'too many requests',
      r => (r.performance.errors = [{ code: 'rate_limited', recent: 600 }]),
      ['rate_limited warning'],
    ],
    ['webhooks that were given up', r => (r.troubles.webhooks = 2), ['webhooks_failing warning']],
    ['deliveries that were given up', r => (r.troubles.deliveries = 10), ['dead_letters warning']],
  ]
  for (const [what, change, expected] of reasons)
    it(`[AL5] sees ${what}`, () => assert.deepEqual(seen(change), expected))

  it('[AL5] sees nothing that is switched off', () => {
    const off = Object.fromEntries(Object.keys(limits).map(name => [name, 0])) as unknown as Thresholds
    const everything = (r: any) => {
      r.system = { requests: { error_rate: 1, recent: { count: 100 } }, events: { lag: { p99_ms: 1e6 }, behind: 5 } }
      r.health.components.storage.free_bytes = 0
      r.performance.errors = [{ code: 'rate_limited', recent: 1e6 }]
      r.troubles.deliveries = 1e6
    }
    assert.deepEqual(seen(everything, off), [])
  })
})

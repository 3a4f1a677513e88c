import assert from 'node:assert/strict'
import { dottedNames, events, limits } from '../../contract/index.ts'
import { masked, refuses } from '../suites/answers.ts'
import { deliveriesOf, register, startReceiver, verify, webhookEnv } from '../suites/webhook-receiver.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'

const url = 'https://hooks.example.com/in'

describe('webhooks', () => {
  let server: TestServer
  let ann: Client
  let eve: Client
  before(async () => void (server = await startServer({ env: webhookEnv })))
  after(() => server.close())
  beforeEach(async () => void ([ann, eve] = [await server.user('ann'), await server.user('eve')]))

  const list = async (client: Client, query = '') =>
    (await expect(client.rest('GET', `/webhooks/list${query}`), 200)).body.data
  const change = async (client: Client, id: number, body: object) =>
    (await expect(client.rest('PATCH', `/webhooks/${id}`, body), 200)).body.data
  /** Each call about one webhook. */
  const calls = (id: number, client: Client) => [
    client.rest('PATCH', `/webhooks/${id}`, { description: 'mine' }),
    client.rest('DELETE', `/webhooks/${id}`),
    client.rest('POST', `/webhooks/${id}/rotate-secret`, {}),
    client.rest('GET', `/webhooks/${id}/deliveries`),
    client.rest('POST', `/webhooks/${id}/redeliver`, { from_offset: 0, to_offset: 9 }),
    client.rest('POST', '/webhooks/test', { webhook_id: id }),
  ]

  it('[WK3] is the owner’s and the administrators’: for everybody else there is none', async () => {
    refuses(await server.rest('POST', '/webhooks/register', { url, events: ['*'] }), 'unauthenticated')
    const { id } = await register(ann, url)
    const [unseen, none] = await Promise.all([Promise.all(calls(id, eve)), Promise.all(calls(999_999, eve))])
    for (const [nth, answer] of unseen.entries()) {
      refuses(answer, 'not_found')
      assert.deepEqual(masked(answer), masked(none[nth]!))
    }
    assert.equal((await change(server.admin, id, { description: 'seen' })).user_id, ann.person.id)
  })

  it('[WK3] lists one’s own, newest first; administrators see those of all, or of one person', async () => {
    const ids = [await register(ann, url), await register(ann, url)].map(({ id }) => id)
    await register(eve, url)
    const mine = await list(ann)
    assert.deepEqual([mine.count, mine.results.map(({ id }: { id: number }) => id)], [2, ids.toReversed()])
    assert.equal((await list(server.admin, `?user_id=${ann.person.id}`)).count, 2)
    assert.ok((await list(server.admin)).count >= 3)
    refuses(await ann.rest('GET', `/webhooks/list?user_id=${eve.person.id}`), 'forbidden')
  })

  it('[WK3] shows the secret once, and stores it nowhere in plain text', async () => {
    const made = await register(ann, url)
    assert.match(made.secret, /^whsec_[A-Za-z0-9+/]{32}$/)
    const others = JSON.stringify([await list(ann), await change(ann, made.id, { description: 'x' })])
    assert.ok(!others.includes('secret":"') && !others.includes(made.secret.slice(6)))
    const text = made.secret.slice('whsec_'.length)
    const [stored] = await server.query<{ row: string; secret: Buffer }>(
      'select w::text as row, secret from webhooks w where id = $1',
      [made.id],
    )
    assert.ok(!stored!.row.includes(text))
    for (const plain of [Buffer.from(text), Buffer.from(text, 'base64')]) assert.ok(!stored!.secret.includes(plain))
  })

  it('[WK3] gives a repeated registration with one key the same webhook and the same secret, kept encrypted', async () => {
    const again = () =>
      expect(ann.rest('POST', '/webhooks/register', { url, events: ['*'] }, { 'idempotency-key': 'one' }), 201)
    const [first, second] = [(await again()).body.data, (await again()).body.data]
    assert.deepEqual(second, first)
    assert.equal((await list(ann)).count, 1)
    const kept = await server.query<{ answer: string }>('select answer::text from idempotency_keys where key = $1', [
      'one',
    ])
    assert.ok(kept.length === 1 && !kept[0]!.answer.includes(first.secret.slice(6)))
  })

  it('[WK3] refuses more webhooks than one person may have, also when they come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: limits.webhooks + 3 }, () => ann.rest('POST', '/webhooks/register', { url, events: ['*'] })),
    )
    assert.equal(answers.filter(({ status }) => status === 201).length, limits.webhooks)
    assert.equal(answers.filter(({ status }) => status === 409).length, 3)
  })

  it('[WK3] changes what is given, and audits each change with the host and without the address', async () => {
    const { id } = await register(ann, 'https://hooks.example.com/in?key=hidden-word', ['task.created'])
    const other = { url: 'https://other.example.com:8443/x', events: ['video.uploaded'], ordered: true, enabled: false }
    const changed = await change(ann, id, { ...other, description: 'two' })
    assert.deepEqual({ ...changed, ...other, description: 'two', disabled_reason: 'owner' }, changed)
    assert.equal((await change(ann, id, { enabled: true, description: null })).disabled_reason, null)
    await change(ann, id, { ordered: true })
    await expect(ann.rest('POST', `/webhooks/${id}/rotate-secret`, {}), 200)
    assert.deepEqual((await expect(ann.rest('DELETE', `/webhooks/${id}`), 200)).body.data, { deleted: true })
    const entries = await server.query<{ action: string; all: string }>(
      `select action, a::text as all from audit_log a where resource = 'webhook' and resource_id = $1 order by id`,
      [String(id)],
    )
    assert.deepEqual(
      entries.map(({ action }) => action.replace('webhook.', '')),
      ['registered', 'updated', 'updated', 'secret_rotated', 'deleted'],
    )
    assert.ok(entries.every(({ all }) => all.includes('example.com') && !/hidden-word|whsec|\/in|\/x/.test(all)))
  })

  it('[WK2] knows a name with a dot for every event of the contract', () => {
    assert.deepEqual(Object.keys(dottedNames).toSorted(), Object.keys(events).toSorted())
    assert.ok(
      Object.values(dottedNames).every(name => /^[a-z]+\.[a-z_]+$/.test(name)),
      String(Object.values(dottedNames)),
    )
    assert.equal(new Set(Object.values(dottedNames)).size, Object.keys(events).length)
    const { task_created, project_member_added, access_changed, notification, notifications_read } = dottedNames
    assert.deepEqual(
      [task_created, project_member_added, access_changed, notification, notifications_read],
      ['task.created', 'project.member_added', 'access.changed', 'notification.created', 'notification.read'],
    )
  })

  it('[WK2] takes those, *, video.uploaded, user.verified and the names of application events, each once', async () => {
    const asked = [
      ...Object.values(dottedNames),
      '*',
      'video.uploaded',
      'user.verified',
      'payment.completed',
      'A.b_2.c',
    ]
    assert.deepEqual((await register(ann, url, [...asked, '*', 'task.created'])).events, [...new Set(asked)])
  })

  for (const name of [
    'task.exploded',
    'task_created',
    'payment',
    '',
    'a..b',
    'pay ment.x',
    'user.born',
    'webhook.test',
    'posts',
    'task_force.x',
    'Task.created',
  ])
    it(`[WK2] refuses the event “${name}” and names it`, async () => {
      const answer = await ann.rest('POST', '/webhooks/register', { url, events: ['task.created', name] })
      const { field_errors: fields } = refuses(answer, 'validation_error', ['events'])
      assert.ok(fields!['events']![0]!.includes(`: ${name}`), fields!['events']![0])
    })

  for (const bad of [
    'ftp://hooks.example.com/',
    'https://user:word@hooks.example.com/',
    'hooks.example.com',
    'javascript:alert(1)',
    'https://hooks.example.com /',
    '',
  ])
    it(`[WK4] refuses the address “${bad}”`, async () => {
      refuses(await ann.rest('POST', '/webhooks/register', { url: bad, events: ['*'] }), 'validation_error', ['url'])
    })

  it('[WK10] gives a new secret, beside which the former one signs for as long as asked for', async () => {
    const receiver = await startReceiver()
    try {
      const { id, secret } = await register(ann, receiver.url, ['payment.completed'])
      const rotate = async (body: object) =>
        (await expect(ann.rest('POST', `/webhooks/${id}/rotate-secret`, body), 200)).body.data
      const rotated = await rotate({})
      assert.notEqual(rotated.secret, secret)
      const hours = (Date.parse(rotated.previous_secret_until) - Date.parse(rotated.updated_at)) / 3600_000
      assert.equal(hours, 24)
      const third = await rotate({ overlap_seconds: 0 })
      assert.equal(third.previous_secret_until, null)
      await expect(ann.rest('POST', '/webhooks/test', { webhook_id: id }), 200)
      const [received] = await receiver.has(1)
      verify(third.secret, received!)
      for (const old of [secret, rotated.secret]) assert.throws(() => verify(old, received!))
    } finally {
      await receiver.close()
    }
  })

  it('[WK15] sends a test on request, and reports and notes the answer', async () => {
    const receiver = await startReceiver()
    try {
      const { id, secret } = await register(ann, receiver.url, ['payment.completed'])
      await change(ann, id, { enabled: false })
      const send = async () => (await expect(ann.rest('POST', '/webhooks/test', { webhook_id: id }), 200)).body.data
      const { duration_ms, ...told } = await send()
      assert.deepEqual([told, duration_ms >= 0], [{ delivered: true, status_code: 204, error: null }, true])
      verify(secret, receiver.got[0]!)
      const { type, data, offset, previous_offset } = receiver.got[0]!.message
      assert.deepEqual([type, data, offset, previous_offset], ['webhook.test', { webhook_id: id }, null, null])
      receiver.answer((_, response) => void response.writeHead(503).end())
      assert.deepEqual([(await send()).status_code, receiver.got.length], [503, 2])
      await receiver.close()
      assert.deepEqual((await send()).status_code, null)
      const noted = await deliveriesOf(ann, id)
      assert.deepEqual(
        noted.map(({ event, status, offset: at }) => [event, status, at]),
        ['failed', 'failed', 'delivered'].map(status => ['webhook.test', status, null]),
      )
      refuses(await ann.rest('POST', `/webhooks/deliveries/${noted[0].id}/redeliver`, {}), 'conflict')
    } finally {
      await receiver.close()
    }
  })
})

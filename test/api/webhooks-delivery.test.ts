import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { addTask } from '../suites/answers.ts'
import {
  deliveriesOf,
  type Received,
  type Receiver,
  register,
  settles,
  startReceiver,
  verify,
  webhookEnv,
  webhookTuning,
} from '../suites/webhook-receiver.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'

const answers =
  (status: number, headers: Record<string, string> = {}) =>
  (_: Received, response: ServerResponse) =>
    void response.writeHead(status, headers).end()

describe('deliveries to webhooks', () => {
  let server: TestServer
  let ann: Client
  let receiver: Receiver
  const { webhooks } = webhookTuning
  const tuning = { webhooks: { ...webhooks, answerMs: 1_000, disableAfterMs: 300 } }
  before(async () => void (server = await startServer({ env: webhookEnv, tuning })))
  after(() => server.close())
  beforeEach(async () => {
    ann = await server.user('ann')
    receiver = await startReceiver()
  })
  afterEach(async () => {
    await receiver.close()
    for (const { id } of (await expect(ann.rest('GET', '/webhooks/list'), 200)).body.data.results)
      await expect(ann.rest('DELETE', `/webhooks/${id}`), 200)
  })

  const show = async (id: number) =>
    (await expect(ann.rest('GET', '/webhooks/list'), 200)).body.data.results.find((one: any) => one.id === id)

  it('[WK1] sends an event once, signed by Standard Webhooks, with its place in the log', async () => {
    const { id, secret } = await register(ann, receiver.url, ['task.created'])
    const task = await addTask(ann, { title: 'Paint' })
    const [received] = await receiver.has(1)
    verify(secret, received!)
    const { message } = received!
    assert.deepEqual([message.type, message.data.task, message.previous_offset], ['task.created', task, 0])
    assert.deepEqual([message.timestamp, message.offset], [message.data.at, message.data.offset])
    assert.deepEqual(Object.keys(message), ['type', 'timestamp', 'data', 'offset', 'previous_offset', 'epoch'])
    const [delivery] = await settles(ann, id, 'delivered')
    assert.deepEqual(
      [delivery.message_id, delivery.event, delivery.offset, delivery.attempts, delivery.status_code],
      [received!.id, 'task.created', message.offset, 1, 204],
    )
    assert.match(received!.id, /^msg_[0-9a-f]{32}$/)
    assert.ok((await show(id)).last_triggered_at >= message.timestamp)
  })

  it('[WK1] gives the offset of the message before, whatever of the log lies between', async () => {
    await register(ann, receiver.url, ['task.updated'], { ordered: true })
    const task = await addTask(ann)
    for (const title of ['one', 'two', 'three']) {
      await expect(ann.rest('PATCH', `/tasks/${task.id}`, { title }), 200)
      await addTask(ann)
    }
    const got = await receiver.has(3)
    assert.deepEqual(
      got.map(({ message }) => message.previous_offset),
      [0, ...got.slice(0, 2).map(({ message }) => message.offset)],
    )
    assert.ok(got[1]!.message.offset - got[0]!.message.offset > 1)
  })

  it('[WK2] sends only what was asked for, under the name that was asked for', async () => {
    await register(ann, receiver.url, ['video.uploaded', 'task.deleted'], { ordered: true })
    const task = await addTask(ann)
    await expect(ann.rest('POST', '/videos', { title: 'Talk', url: 'https://example.com/a.mp4' }), 201)
    await expect(ann.rest('DELETE', `/tasks/${task.id}`), 204)
    await receiver.has(2)
    assert.deepEqual(receiver.types(), ['video.uploaded', 'task.deleted'])
  })

  it('[WK2] tells people that their account was verified, and administrators of everybody', async () => {
    const admins = await startReceiver()
    const mine = await register(server.admin, admins.url, ['user.verified'])
    try {
      await register(ann, receiver.url, ['user.verified'])
      const eve = await server.user('eve')
      for (const { person } of [eve, ann])
        await expect(server.admin.rest('PUT', `/admin/users/${person.id}`, { is_verified: true }), 200)
      const people = ({ got }: Receiver) => got.map(({ message }) => message.data.user_id)
      await admins.has(2)
      await receiver.has(1)
      assert.deepEqual(people(admins).toSorted(), [eve.person.id, ann.person.id].toSorted())
      assert.deepEqual(people(receiver), [ann.person.id])
    } finally {
      await server.admin.rest('DELETE', `/webhooks/${mine.id}`)
      await admins.close()
    }
  })

  it('[WK6] repeats a failed delivery with the same id and body, a new time and a right signature', async () => {
    const { id, secret } = await register(ann, receiver.url)
    receiver.answer((_, response, nth) => void response.writeHead(nth < 2 ? 500 : 200).end())
    await addTask(ann)
    const got = await receiver.has(3)
    assert.deepEqual(new Set(got.map(one => one.id)).size, 1)
    assert.deepEqual(new Set(got.map(one => one.raw)).size, 1)
    for (const one of got) verify(secret, one)
    const [delivery] = await settles(ann, id, 'delivered')
    assert.deepEqual([delivery.attempts, delivery.status_code, delivery.error], [3, 200, null])
  })

  for (const [what, status, headers] of [
    ['a redirect', 302, { location: 'http://127.0.0.1:1/inside' }],
    ['a refusal', 404, {}],
    ['a failure', 503, {}],
  ] as const)
    it(`[WK6] takes ${what} for a failure, and gives up after the last pause of the schedule`, async () => {
      const { id } = await register(ann, receiver.url)
      receiver.answer(answers(status, headers))
      await addTask(ann)
      const [delivery] = await settles(ann, id, 'failed')
      assert.deepEqual([delivery.attempts, delivery.status_code, delivery.next_attempt_at], [4, status, null])
      assert.equal(receiver.got.length, 4)
      assert.equal(delivery.error, `the receiver answered ${status}`)
    })

  it('[WK6] takes a receiver that nobody runs, or that never answers, for a failure', async () => {
    const { id } = await register(ann, 'http://127.0.0.1:9/')
    await addTask(ann)
    const [unreached] = await settles(ann, id, 'failed')
    assert.deepEqual([unreached.status_code, unreached.error], [null, 'no connection'])
    await expect(ann.rest('DELETE', `/webhooks/${id}`), 200)
    const silent = await register(ann, receiver.url)
    receiver.answer(() => {})
    await addTask(ann)
    const [late] = await eventually(async () => {
      const found = await deliveriesOf(ann, silent.id)
      assert.equal(found[0]?.error, 'no answer in time')
      return found
    })
    assert.equal(late.status_code, null)
  })

  it('[WK8] takes the status for the answer: a body without an end is not received', async () => {
    const { id } = await register(ann, receiver.url)
    let sent = 0
    let closed = false
    receiver.answer((_, response) => {
      response.writeHead(200)
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024))) sent += 64 * 1024
      }
      response.on('drain', more)
      response.on('close', () => (closed = true))
      more()
    })
    await addTask(ann)
    await settles(ann, id, 'delivered')
    await eventually(() => assert.ok(closed))
    assert.ok(sent < 64 * 1024 * 1024, `${sent} bytes`)
  })

  it('[WK8] takes the status for the answer: a body that drips holds nothing up', async () => {
    const { id } = await register(ann, receiver.url, ['task.created'], { ordered: true })
    let closed = 0
    receiver.answer((_, response) => {
      response.writeHead(200)
      response.write('.')
      response.on('close', () => closed++)
    })
    await addTask(ann)
    await addTask(ann)
    await settles(ann, id, 'delivered', 'delivered')
    await eventually(() => assert.equal(closed, 2))
  })

  it('[WK8] is held up by no receiver that is slow', async () => {
    const slow = await startReceiver(() => {})
    try {
      for (let nth = 0; nth < 5; nth++) await register(ann, slow.url)
      const { id } = await register(ann, receiver.url)
      for (let nth = 0; nth < 20; nth++) await addTask(ann)
      await receiver.has(20)
      assert.ok(slow.mostOpen <= 5 * 4, `${slow.mostOpen} at once`)
      await settles(ann, id, ...Array.from({ length: 20 }, () => 'delivered'))
    } finally {
      await slow.close()
    }
  })

  it('[WK7] leaves a receiver alone for as long as it asks', async () => {
    const { id } = await register(ann, receiver.url)
    receiver.answer(answers(429, { 'retry-after': '3600' }))
    await addTask(ann)
    const [first] = await eventually(async () => {
      const found = await deliveriesOf(ann, id)
      assert.equal(found[0]?.status_code, 429)
      return found
    })
    const pause = Date.parse(first.next_attempt_at) - Date.parse(first.last_attempt_at)
    assert.ok(pause > 3590_000 && pause < 3700_000, `${pause} ms`)
    // What comes meanwhile waits too.
    const other = await startReceiver()
    await register(ann, other.url)
    await addTask(ann)
    await other.has(1)
    await other.close()
    assert.equal(receiver.got.length, 1)
  })

  it('[WK7] stops at 410, and notifies the owner', async () => {
    const { id } = await register(ann, receiver.url, ['task.created'])
    receiver.answer(answers(410))
    await addTask(ann)
    await eventually(async () => assert.equal((await show(id)).enabled, false))
    assert.equal((await show(id)).disabled_reason, 'gone')
    const { results } = (await expect(ann.rest('GET', '/notifications'), 200)).body
    assert.deepEqual([results[0].type, results[0].data], ['webhook_disabled', { webhook_id: id, reason: 'gone' }])
    assert.match(results[0].message, /127\.0\.0\.1/)
  })

  it('[WK7] stops when nothing has succeeded for as long as bounds allow, and notifies the owner', async () => {
    const { id } = await register(ann, receiver.url, ['task.created'])
    receiver.answer(answers(500))
    await eventually(async () => {
      await addTask(ann)
      assert.equal((await show(id)).enabled, false)
    })
    assert.equal((await show(id)).disabled_reason, 'failing')
    const { results } = (await expect(ann.rest('GET', '/notifications'), 200)).body
    assert.deepEqual(results[0].data, { webhook_id: id, reason: 'failing' })
  })

  it('[WK9] sends one after the other to an ordered webhook, also when one fails', async () => {
    await register(ann, receiver.url, ['task.created'], { ordered: true })
    receiver.answer((_, response, nth) => void response.writeHead(nth % 3 === 1 ? 500 : 200).end())
    const titles = Array.from({ length: 8 }, (_, nth) => `task ${nth}`)
    for (const title of titles) await addTask(ann, { title })
    await receiver.has(8 + 3)
    const heard = receiver.got.map(({ message }) => message.data.task.title)
    assert.deepEqual([...new Set(heard)], titles)
    assert.deepEqual(heard, heard.toSorted())
    assert.equal(receiver.mostOpen, 1)
  })

  it('[WK10] signs with both secrets after a rotation', async () => {
    const { id, secret } = await register(ann, receiver.url, ['task.created'])
    const { secret: next } = (await expect(ann.rest('POST', `/webhooks/${id}/rotate-secret`, {}), 200)).body.data
    await addTask(ann)
    const [received] = await receiver.has(1)
    for (const one of [secret, next]) verify(one, received!)
    assert.equal(String(received!.headers['webhook-signature']).split(' ').length, 2)
  })

  it('[WK16] counts attempts by result, and what waits', async () => {
    const { id } = await register(ann, receiver.url, ['task.created'])
    receiver.answer((_, response, nth) => void response.writeHead(nth === 0 ? 500 : 200).end())
    const read = async (name: string) => {
      const text = await (await fetch(`${server.url}/metrics`)).text()
      return Number(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (.+)$`, 'm').exec(text)?.[1])
    }
    const [delivered, failed] = ['delivered', 'failed'].map(
      result => `taskwire_webhook_attempts_total{result="${result}"}`,
    )
    const before = [await read(delivered!), await read(failed!)]
    await addTask(ann)
    await settles(ann, id, 'delivered')
    // Everybody who asks within a second gets the same numbers.
    await eventually(async () => {
      assert.ok((await read(delivered!)) > before[0]! && (await read(failed!)) > before[1]!)
      assert.equal(await read('taskwire_webhook_under_way'), 0)
    })
    assert.ok((await read('taskwire_webhook_pending')) >= 0)
  })
})

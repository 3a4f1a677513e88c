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
} from '../suites/webhook-receiver.ts'
import { withWebhooks } from '../suites/with-webhooks.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect } from '../support/server.ts'

const answers =
  (status: number, headers: Record<string, string> = {}) =>
  (_: Received, response: ServerResponse) =>
    void response.writeHead(status, headers).end()

describe('receivers of webhooks that fail', () => {
  let ann: Client
  let receiver: Receiver
  withWebhooks({ tuning: { answerMs: 1_000, disableAfterMs: 2_000 } }, made => void ({ ann, receiver } = made))

  const show = async (id: number) =>
    (await expect(ann.rest('GET', '/webhooks/list'), 200)).body.data.results.find((one: any) => one.id === id)

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

  it('[WK6] takes a receiver that nobody runs, or that never answers, for a failure (attack 102)', async () => {
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

  it('[WK8] takes the status for the answer: a body without an end is not received (attack 102)', async () => {
    const { id } = await register(ann, receiver.url)
    let sent = 0
    let closed = false
    receiver.answer((_, response) => {
      response.writeHead(200)
      const more = () => {
        while (!response.destroyed) {
          sent += 64 * 1024
          if (!response.write(Buffer.alloc(64 * 1024))) break
        }
      }
      response.on('drain', more)
      response.on('close', () => (closed = true))
      more()
    })
    await addTask(ann)
    await settles(ann, id, 'delivered')
    await eventually(() => assert.ok(closed))
    // What both ends of a connection keep, and no more.
    assert.ok(sent < 16 * 1024 * 1024, `${sent} bytes`)
  })

  it('[WK8] takes the status for the answer: a body that drips holds nothing up (attack 102)', async () => {
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
    await addTask(ann)
    await other.has(2)
    await other.close()
    const waiting = await eventually(async () => {
      const found = await deliveriesOf(ann, id)
      assert.equal(found.length, 3)
      return found
    })
    assert.deepEqual([receiver.got.length, waiting.map(({ attempts }) => attempts)], [1, [0, 0, 1]])
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
})

describe('a webhook whose receiver fails for a moment', () => {
  let ann: Client
  let receiver: Receiver
  // Nobody looks for what is due.
  withWebhooks({ tuning: { pollMs: 600_000 } }, made => void ({ ann, receiver } = made))

  for (const ordered of [false, true])
    it(`[WK6] gets the delivery again when the pause is over, ${ordered ? 'in order' : 'without order'}`, async () => {
      const { id } = await register(ann, receiver.url, ['task.created'], { ordered })
      receiver.answer((_, response, nth) => void response.writeHead(nth === 0 ? 503 : 204).end())
      await addTask(ann)
      const [first, second] = await receiver.has(2)
      assert.equal(second!.id, first!.id)
      await settles(ann, id, 'delivered')
    })
})

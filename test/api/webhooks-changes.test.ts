import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { addTask } from '../suites/answers.ts'
import { deliveriesOf, type Receiver, register, settles, startReceiver } from '../suites/webhook-receiver.ts'
import { withWebhooks } from '../suites/with-webhooks.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, type TestServer } from '../support/server.ts'

describe('webhooks that change while something is on its way', () => {
  let server: TestServer
  let ann: Client
  let receiver: Receiver
  let open: ServerResponse[]
  withWebhooks({ schedule: '600,600', tuning: { answerMs: 25_000 } }, made => void ({ server, ann, receiver } = made))
  beforeEach(() => {
    open = []
    receiver.answer((_, response) => void open.push(response))
  })

  const change = async (id: number, body: object) =>
    (await expect(ann.rest('PATCH', `/webhooks/${id}`, body), 200)).body.data
  const answer = (status: number, headers: Record<string, string> = {}) => {
    for (const response of open.splice(0)) response.writeHead(status, headers).end()
  }
  const titles = (of: Receiver) => of.got.map(({ message }) => message.data.task.title)
  const stateOf = async (id: number) =>
    (await server.query('select enabled, failing_since, paused_until from webhooks where id = $1', [id]))[0]

  for (const [status, headers] of [
    [410, {}],
    [500, {}],
    [429, { 'retry-after': '3600' }],
  ] as const)
    it(`[WK18] does not count an answer of ${status} from an address that was changed meanwhile`, async () => {
      const { id } = await register(ann, receiver.url, ['task.created'])
      await addTask(ann, { title: 'to the old one' })
      await receiver.has(1)
      const next = await startReceiver()
      await change(id, { url: next.url })
      answer(status, headers)
      await eventually(async () => assert.equal((await deliveriesOf(ann, id))[0].status_code, status))
      assert.deepEqual(await stateOf(id), { enabled: true, failing_since: null, paused_until: null })
      await addTask(ann, { title: 'to the new one' })
      await next.has(1)
      await next.close()
    })

  it('[WK18] forgets with the address that it failed and asked to be left alone', async () => {
    const { id } = await register(ann, receiver.url, ['task.created'])
    await addTask(ann)
    await receiver.has(1)
    answer(503, { 'retry-after': '3600' })
    await eventually(async () => assert.equal((await deliveriesOf(ann, id))[0].status_code, 503))
    assert.notEqual((await change(id, { description: 'the same address' })).failing_since, null)
    assert.equal((await change(id, { url: `${receiver.url}/next` })).failing_since, null)
    await addTask(ann)
    await receiver.has(2)
  })

  it('[WK14] gives up what waited when it is enabled again, and notes it', async () => {
    const { id } = await register(ann, receiver.url, ['task.created'], { ordered: true })
    for (const title of ['fails', 'waits']) await addTask(ann, { title })
    await receiver.has(1)
    answer(500)
    await eventually(async () => assert.equal((await deliveriesOf(ann, id))[0].status, 'pending'))
    await eventually(async () => assert.equal((await deliveriesOf(ann, id)).at(-1).status_code, 500))
    await change(id, { enabled: false })
    await change(id, { enabled: true })
    const [waited, failed] = (await settles(ann, id, 'skipped', 'skipped')).filter(one => one.event !== 'webhook.gap')
    for (const one of [waited, failed]) assert.match(one.error, /was disabled/)
    await addTask(ann, { title: 'from now on' })
    await receiver.has(2)
    assert.deepEqual(titles(receiver), ['fails', 'from now on'])
    assert.equal(receiver.got[1]!.message.previous_offset, waited.offset)
  })

  it('[WK9] sends one at a time in order, also when an older one is sent again', async () => {
    const { id } = await register(ann, receiver.url, ['task.created'], { ordered: true })
    await addTask(ann, { title: 'older' })
    await receiver.has(1)
    answer(204)
    const [older] = await settles(ann, id, 'delivered')
    await addTask(ann, { title: 'newer' })
    await receiver.has(2)
    await expect(ann.rest('POST', `/webhooks/deliveries/${older.id}/redeliver`, {}), 200)
    // Others get theirs meanwhile.
    const other = await startReceiver()
    await register(ann, other.url, ['task.created'])
    await addTask(ann, { title: 'newest' })
    await other.has(1)
    assert.equal(open.length, 1)
    for (let nth = 3; nth <= 4; nth++) {
      answer(204)
      await receiver.has(nth)
    }
    answer(204)
    assert.deepEqual([titles(receiver), receiver.mostOpen], [['older', 'newer', 'older', 'newest'], 1])
    await other.close()
  })

  it('[WK8] leaves places for others when five people have twenty silent webhooks each', async () => {
    for (let nth = 0; nth < 5; nth++) {
      const client = await server.user(`silent${nth}`)
      await Promise.all(Array.from({ length: 20 }, () => register(client, receiver.url, ['task.created'])))
    }
    for (let nth = 0; nth < 4; nth++) await addTask(ann)
    await receiver.has(100)
    const healthy = await startReceiver()
    await register(ann, healthy.url, ['task.created'])
    await addTask(ann)
    await healthy.has(1)
    assert.ok(receiver.mostOpen <= 5 * 40, `${receiver.mostOpen} at once`)
    await healthy.close()
  })
})

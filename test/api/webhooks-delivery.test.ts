import assert from 'node:assert/strict'
import { addTask } from '../suites/answers.ts'
import { type Receiver, register, settles, startReceiver, verify } from '../suites/webhook-receiver.ts'
import { withWebhooks } from '../suites/with-webhooks.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, type TestServer } from '../support/server.ts'

describe('deliveries to webhooks', () => {
  let server: TestServer
  let ann: Client
  let receiver: Receiver
  withWebhooks({ tuning: { answerMs: 1_000, disableAfterMs: 300 } }, made => void ({ server, ann, receiver } = made))

  const show = async (id: number) =>
    (await expect(ann.rest('GET', '/webhooks/list'), 200)).body.data.results.find((one: any) => one.id === id)

  it('[WK1] sends an event once, signed by Standard Webhooks, with its place in the log (attack 105)', async () => {
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

  it('[WK10] signs with both secrets after a rotation (attack 105)', async () => {
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

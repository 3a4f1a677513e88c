import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { claimNext, lockOrdered } from '../../server/features/webhooks/claim.queries.ts'
import type { Connection } from '../../server/ports/database.ts'
import { addTask } from '../suites/answers.ts'
import { transactionsOf } from '../suites/statements.ts'
import { type Receiver, register, settles, startReceiver } from '../suites/webhook-receiver.ts'
import { withWebhooks } from '../suites/with-webhooks.ts'
import { openConnection } from '../support/connection.ts'
import { type Client, expect, type TestServer } from '../support/server.ts'

describe('ordered webhooks', () => {
  let server: TestServer
  let ann: Client
  let receiver: Receiver
  const open: ServerResponse[] = []
  afterEach(() => {
    for (const response of open.splice(0)) response.destroy()
  })
  withWebhooks({}, made => void ({ server, ann, receiver } = made))

  const ordered = () => register(ann, receiver.url, ['task.created'], { ordered: true })
  const hold = () => receiver.answer((_, response) => void open.push(response))
  const titles = () => receiver.got.map(({ message }) => message.data.task.title)
  const sendAgain = (id: number) => expect(ann.rest('POST', `/webhooks/deliveries/${id}/redeliver`, {}), 200)
  /** Another webhook gets a delivery: what was due before was looked at by then. */
  const othersGetTheirs = async () => {
    const other = await startReceiver()
    const { id } = await register(ann, other.url, ['task.created'])
    await addTask(ann, { title: 'for others' })
    await other.has(1)
    await settles(ann, id, 'delivered')
    await other.close()
  }

  it('[WK19] take the next delivery in the transaction that stores the result of the one before', async () => {
    const { id } = await ordered()
    hold()
    await addTask(ann, { title: 'task 0' })
    await receiver.has(1)
    const count = 12
    for (let nth = 1; nth < count; nth++) await addTask(ann, { title: `task ${nth}` })
    await settles(ann, id, ...Array.from({ length: count }, () => 'pending'))
    receiver.answer((_, response) => void response.writeHead(204).end())
    const all = await transactionsOf(async () => {
      open.splice(0)[0]!.writeHead(204).end()
      await settles(ann, id, ...Array.from({ length: count }, () => 'delivered'))
    })
    const has = (text: string) => (statements: string[]) => statements.some(one => one.includes(text))
    const settled = all.filter(has('set status = o.status'))
    assert.deepEqual([settled.length, settled.filter(has('leased_until = lease.ends')).length], [count, count])
    assert.deepEqual(
      titles(),
      Array.from({ length: count }, (_, nth) => `task ${nth}`),
    )
    assert.equal(receiver.mostOpen, 1)
  })

  it('[WK9] send nothing beside what another instance is just taking, also when an older one is sent again', async () => {
    const { id } = await ordered()
    await addTask(ann, { title: 'older' })
    await receiver.has(1)
    const [older] = await settles(ann, id, 'delivered')
    const other = await openConnection(server.databaseUrl)
    // Another instance: it has taken the newer one, and not yet committed.
    await other.query('begin')
    const tx: Connection = { query: async ({ text, values }) => (await other.query(text, values)).rows }
    await other.query(
      `insert into webhook_deliveries
           (webhook_id, event, "offset", previous_offset, status, created_at, next_attempt_at)
         values ($1, 'task.created', $2, 0, 'pending', now(), now() - interval '1 second')`,
      [id, older.offset],
    )
    const locked = await lockOrdered(tx, [id])
    const taken = await claimNext(tx, locked, 3600_000)
    assert.equal(taken.length, 1)
    hold()
    await sendAgain(older.id)
    await othersGetTheirs()
    assert.deepEqual(titles(), ['older'])
    await other.query('commit')
    await othersGetTheirs()
    assert.deepEqual(titles(), ['older'])
    // It has delivered it.
    await other.query(
      `update webhook_deliveries set status = 'delivered', leased_until = null, completed_at = now() where id = $1`,
      [taken[0]!.id],
    )
    await receiver.has(2)
    assert.deepEqual(titles(), ['older', 'older'])
  })

  it('[WK9] forget the result of an attempt that was given up for lost, also after the delivery is sent again', async () => {
    const { id } = await ordered()
    hold()
    await addTask(ann, { title: 'one' })
    await receiver.has(1)
    const [lost] = open.splice(0)
    // Its time is over: another attempt begins and succeeds.
    await server.query('update webhook_deliveries set leased_until = now(), next_attempt_at = now()')
    await receiver.has(2)
    open.splice(0)[0]!.writeHead(204).end()
    const [delivery] = await settles(ann, id, 'delivered')
    await sendAgain(delivery.id)
    await receiver.has(3)
    await addTask(ann, { title: 'two' })
    await settles(ann, id, 'pending', 'pending')
    lost!.writeHead(204).end()
    await othersGetTheirs()
    await settles(ann, id, 'pending', 'pending', 'pending')
    assert.deepEqual(titles(), ['one', 'one', 'one'])
  })
})

import assert from 'node:assert/strict'
import { addTask, refuses } from '../suites/answers.ts'
import { position } from '../suites/event-log.ts'
import { deliveriesOf, type Receiver, register, settles, startReceiver, verify } from '../suites/webhook-receiver.ts'
import { withWebhooks } from '../suites/with-webhooks.ts'
import { dropEnded } from '../../server/features/webhooks/deliveries.queries.ts'
import { hasten } from '../../server/features/webhooks/settle.queries.ts'
import { openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, type TestServer } from '../support/server.ts'

describe('deliveries that are listed and sent again', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  let receiver: Receiver
  withWebhooks(
    { schedule: '0.05,0.05,600', tuning: { mostPending: 5 } },
    made => void ({ server, ann, bob, receiver } = made),
  )

  const enable = (client: Client, id: number, enabled: boolean) =>
    expect(client.rest('PATCH', `/webhooks/${id}`, { enabled }), 200)
  const titles = () => receiver.got.map(({ message }) => message.data.task?.title)
  it('[WK11] lists deliveries by status and time, by page and by cursor, newest first', async () => {
    const { id } = await register(ann, receiver.url, ['task.created'])
    receiver.answer((_, response, nth) => void response.writeHead(nth === 0 ? 204 : 500).end())
    for (const title of ['one', 'two']) {
      await addTask(ann, { title })
      await eventually(async () => assert.equal((await deliveriesOf(ann, id)).length, title === 'one' ? 1 : 2))
      await receiver.has(title === 'one' ? 1 : 4)
    }
    await settles(ann, id, 'pending', 'delivered')
    const [pending, delivered] = await deliveriesOf(ann, id)
    const ids = async (query: string) => (await deliveriesOf(ann, id, query)).map(one => one.id)
    assert.deepEqual(await ids('&status=delivered'), [delivered.id])
    assert.deepEqual(await ids('&status=delivered&status=pending'), [pending.id, delivered.id])
    assert.deepEqual(await ids(`&created_at_end=${delivered.created_at}`), [delivered.id])
    assert.deepEqual(await ids(`&created_at_start=${pending.created_at}&cursor=`), [pending.id])
    refuses(await ann.rest('GET', `/webhooks/${id}/deliveries?status=lost`), 'validation_error', ['status'])
  })

  it('[WK11] sends a delivery once more with the same id, and refuses it while it waits anyway', async () => {
    const { id } = await register(ann, receiver.url, ['task.created'])
    await addTask(ann)
    const [first] = await receiver.has(1)
    const [delivery] = await settles(ann, id, 'delivered')
    const again = () => ann.rest('POST', `/webhooks/deliveries/${delivery.id}/redeliver`, {})
    refuses(await bob.rest('POST', `/webhooks/deliveries/${delivery.id}/redeliver`, {}), 'not_found')
    receiver.answer((_, response) => void response.writeHead(500).end())
    assert.equal((await expect(again(), 200)).body.data.status, 'pending')
    const got = await receiver.has(4)
    assert.deepEqual([got[1]!.id, got[1]!.raw], [first!.id, first!.raw])
    refuses(await again(), 'conflict')
    await enable(ann, id, false)
    refuses(await again(), 'conflict')
  })

  it('[WK11] sends the deliveries of a range of offsets once more, and no more than bounds allow', async () => {
    const { id } = await register(ann, receiver.url, ['task.created'], { ordered: true })
    for (let nth = 0; nth < 5; nth++) await addTask(ann, { title: `${nth}` })
    const offsets = (await receiver.has(5)).map(({ message }) => message.offset)
    await settles(ann, id, ...Array.from({ length: 5 }, () => 'delivered'))
    const range = (from_offset: number, to_offset: number, client = ann) =>
      client.rest('POST', `/webhooks/${id}/redeliver`, { from_offset, to_offset })
    const answer = await expect(range(offsets[1]!, offsets[3]!), 200)
    assert.deepEqual(answer.body.data, { redelivered_count: 3 })
    await receiver.has(8)
    assert.deepEqual(titles().slice(5), ['1', '2', '3'])
    refuses(await range(9, 8), 'validation_error', ['to_offset'])
    await server.query(
      `insert into webhook_deliveries (webhook_id, event, "offset", status, created_at, completed_at)
       select $1, 'task.created', 1, 'delivered', now(), now() from generate_series(1, 1001)`,
      [id],
    )
    refuses(await range(0, offsets[4]!), 'validation_error', ['to_offset'])
  })

  it('[WK11] forgets deliveries that ended long ago, and all but the newest of each webhook', async () => {
    const { id } = await register(ann, receiver.url, ['task.created'])
    const { id: other } = await register(ann, receiver.url, ['task.created'])
    await server.query(
      `insert into webhook_deliveries (webhook_id, event, status, error, created_at, completed_at)
       select webhook, 'task.created', status, note, now() - make_interval(days => days),
         case when status = 'delivered' then now() - make_interval(days => days) end
       from (values ($1::bigint, 'pending', 'waits', 20), ($1, 'delivered', 'old', 8), ($1, 'pending', 'forgotten', 61),
         ($1, 'delivered', 'third', 1), ($1, 'delivered', 'second', 1), ($1, 'delivered', 'newest', 1),
         ($2, 'delivered', 'of the other', 1)) as given (webhook, status, note, days)`,
      [id, other],
    )
    await dropEnded({ query: ({ text, values }) => server.query(text, values) }, 7, 2, 1)
    const left = await server.query<{ error: string }>('select error from webhook_deliveries order by id')
    assert.deepEqual(
      left.map(({ error }) => error),
      ['waits', 'second', 'newest', 'of the other'],
    )
  })

  it('[WK3] stops a webhook whose secret cannot be read any more, until it is rotated', async () => {
    const { id } = await register(ann, receiver.url, ['task.created'])
    await server.query(`update webhooks set secret = '\\x00' where id = $1`, [id])
    await addTask(ann)
    await eventually(async () => {
      const [row] = await server.query('select enabled, disabled_reason from webhooks where id = $1', [id])
      assert.deepEqual(row, { enabled: false, disabled_reason: 'secret' })
    })
    refuses(await ann.rest('POST', '/webhooks/test', { webhook_id: id }), 'conflict')
    const { secret } = (await expect(ann.rest('POST', `/webhooks/${id}/rotate-secret`, {}), 200)).body.data
    await enable(ann, id, true)
    await addTask(ann)
    const [received] = await receiver.has(1)
    verify(secret, received!)
  })

  it('[WK13] reads on for the others when one webhook cannot read', async () => {
    const { id: broken } = await register(bob, receiver.url, ['task.created'])
    await server.query(
      `create function fails() returns trigger language plpgsql as $$ begin raise 'broken'; end $$;
       create trigger fails before insert on webhook_deliveries for each row when (new.webhook_id = ${broken})
       execute function fails()`,
    )
    try {
      await addTask(ann, { title: 'one' })
      const { id } = await register(ann, receiver.url, ['task.created'])
      await addTask(ann, { title: 'two' })
      await receiver.has(1)
      await settles(ann, id, 'delivered')
    } finally {
      await server.query('drop trigger fails on webhook_deliveries')
    }
  })

  it('[WK17] reads no further while much waits, and goes on from there: the log keeps the rest', async () => {
    const { id } = await register(ann, receiver.url, ['task.created'])
    receiver.answer((_, response) => void response.writeHead(500).end())
    for (let nth = 0; nth < 5; nth++) await addTask(ann, { title: `${nth}` })
    await receiver.has(15)
    await eventually(async () =>
      assert.deepEqual(
        (await deliveriesOf(ann, id)).map(({ attempts }) => attempts),
        [3, 3, 3, 3, 3],
      ),
    )
    for (let nth = 5; nth < 12; nth++) await addTask(ann, { title: `${nth}` })
    const other = await startReceiver()
    await register(ann, other.url, ['task.updated'])
    await position(server)
    assert.equal((await deliveriesOf(ann, id)).length, 5)
    receiver.answer((_, response) => void response.writeHead(204).end())
    await server.query('update webhook_deliveries set next_attempt_at = now() where webhook_id = $1', [id])
    await settles(ann, id, ...Array.from({ length: 12 }, () => 'delivered'))
    assert.deepEqual(new Set(titles()).size, 12)
    await other.close()
  })

  it('[WK17] does not count again for a while what waits for a webhook that reads no further', async () => {
    const { id } = await register(ann, receiver.url, ['task.created'])
    receiver.answer((_, response) => void response.writeHead(500).end())
    for (let nth = 0; nth < 6; nth++) await addTask(ann)
    const place = async () =>
      (await server.query('select full_until, position from webhook_places where webhook_id = $1', [id]))[0] as {
        full_until: string | null
        position: number
      }
    await eventually(async () => {
      await addTask(ann)
      assert.notEqual((await place()).full_until, null)
    })
    const rest = (until: string) =>
      server.query(`update webhook_places set full_until = ${until} where webhook_id = $1`, [id])
    await rest(`now() + interval '1 hour'`)
    const before = await place()
    // Now nothing waits, but nobody looks.
    await server.query('delete from webhook_deliveries where webhook_id = $1', [id])
    const other = await startReceiver()
    await register(ann, other.url, ['task.created'])
    for (let nth = 1; nth <= 3; nth++) {
      await addTask(ann)
      await other.has(nth)
    }
    assert.deepEqual(await place(), before)
    await rest('now()')
    await eventually(async () => assert.equal((await place()).position, await position(server)))
    await other.close()
  })

  it('[WK7] tries soon what waits for a receiver that is back after a long failure', async () => {
    const { id } = await register(ann, receiver.url, ['task.created'])
    receiver.answer((_, response) => void response.writeHead(500).end())
    await addTask(ann, { title: 'waits' })
    await receiver.has(3)
    await eventually(async () => assert.equal((await deliveriesOf(ann, id))[0].attempts, 3))
    receiver.answer((_, response) => void response.writeHead(204).end())
    await server.query(`update webhooks set failing_since = now() - interval '2 minutes' where id = $1`, [id])
    const soon = async () => {
      const [, waiting] = await settles(ann, id, 'delivered', 'pending')
      return Date.parse(waiting.next_attempt_at) - Date.now()
    }
    await addTask(ann, { title: 'comes' })
    await eventually(async () => assert.ok((await soon()) < 60_000))
  })

  it('[WK7] leaves what was taken since the result of a receiver that is back began to be stored', async () => {
    const { id } = await register(ann, receiver.url, ['task.created'])
    receiver.answer((_, response) => void response.writeHead(500).end())
    await addTask(ann, { title: 'waits' })
    await eventually(async () => assert.equal((await deliveriesOf(ann, id))[0].attempts, 3))
    const other = await openConnection(server.databaseUrl)
    await other.query('begin')
    // Another instance takes it meanwhile.
    await server.query(
      `update webhook_deliveries set leased_until = ends, next_attempt_at = ends
         from (select now() + interval '1 hour' as ends) lease where webhook_id = $1`,
      [id],
    )
    await hasten({ query: async ({ text, values }) => (await other.query(text, values)).rows }, id, 30_000)
    await other.query('commit')
    const stays = 'select next_attempt_at = leased_until as stays from webhook_deliveries where webhook_id = $1'
    assert.deepEqual(await server.query(stays, [id]), [{ stays: true }])
  })
})

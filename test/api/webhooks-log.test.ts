import assert from 'node:assert/strict'
import { addMember, addProject, addTask, refuses } from '../suites/answers.ts'
import { position } from '../suites/event-log.ts'
import { deliveriesOf, type Receiver, register, settles, startReceiver } from '../suites/webhook-receiver.ts'
import { withWebhooks } from '../suites/with-webhooks.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, type TestServer } from '../support/server.ts'

describe('webhooks and the event log', () => {
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
  /** Waits until the webhook has read the log to its end. */
  const hasRead = async (id: number) => {
    const last = await position(server)
    await eventually(async () => {
      const [row] = await server.query<{ position: number }>(
        'select position from webhook_places where webhook_id = $1',
        [id],
      )
      assert.equal(row!.position, last)
    })
  }
  const read = async (client: Client, since: number, rooms: string[]) => {
    const query = rooms.map(room => `room=${room}`).join('&')
    return (await expect(client.rest('GET', `/events?${query}&since=${since}&limit=1000`), 200)).body
  }

  it('[WK5] gives what the owner may read when it is sent, and nothing else', async () => {
    const { id } = await register(bob, receiver.url, ['task.created'], { ordered: true })
    const [open, hidden] = [await addProject(ann), await addProject(ann)]
    await addMember(ann, open, bob, 'viewer')
    await addTask(ann, { project: hidden.id, title: 'hidden' })
    await addTask(ann, { project: open.id, title: 'seen' })
    await addTask(ann, { title: 'of everybody' })
    await hasRead(id)
    await settles(bob, id, 'delivered', 'delivered')
    assert.deepEqual(titles(), ['seen', 'of everybody'])
    // Not even that there was something else.
    assert.equal((await deliveriesOf(bob, id)).length, 2)
  })

  it('[WK5] does not send what the owner lost the right to before it could be delivered', async () => {
    const { id } = await register(bob, receiver.url, ['task.created'])
    const project = await addProject(ann)
    await addMember(ann, project, bob, 'viewer')
    receiver.answer((_, response) => void response.writeHead(500).end())
    await addTask(ann, { project: project.id, title: 'lost' })
    await receiver.has(3)
    await eventually(async () => {
      const [delivery] = await deliveriesOf(bob, id)
      // The pause after the last attempt, not its lease.
      assert.ok(Date.parse(delivery.next_attempt_at) > Date.now() + 300_000)
    })
    await expect(ann.rest('DELETE', `/projects/${project.id}/members/${bob.person.id}`), 204)
    await server.query(`update webhook_deliveries set next_attempt_at = now() where webhook_id = $1`, [id])
    const [skipped] = await settles(bob, id, 'skipped')
    assert.deepEqual([skipped.attempts, receiver.got.length], [3, 3])
    assert.match(skipped.error, /may not read it any more/)
  })

  it('[WK5] sends nothing of a draft to others, and everything to administrators', async () => {
    const admins = await startReceiver()
    const all = await register(server.admin, admins.url, ['post.created', 'task.created'])
    const { id } = await register(bob, receiver.url, ['post.created'])
    await expect(ann.rest('POST', '/blog/posts', { title: 'A draft', body: 'x' }), 201)
    await addTask(ann, { project: (await addProject(ann)).id })
    await hasRead(id)
    await hasRead(all.id)
    await admins.has(2)
    assert.deepEqual([admins.types().toSorted(), receiver.got], [['post.created', 'task.created'], []])
    await admins.close()
  })

  it('[WK5] stops with an account that is disabled, and goes on when it is enabled again', async () => {
    const { id } = await register(bob, receiver.url, ['task.created'])
    await expect(server.admin.rest('PATCH', `/admin/users/${bob.person.id}/toggle-active`, {}), 200)
    const other = await startReceiver()
    const mine = await register(ann, other.url, ['task.created'])
    await addTask(ann, { title: 'meanwhile' })
    await other.has(1)
    await hasRead(mine.id)
    assert.deepEqual(receiver.got, [])
    await expect(server.admin.rest('PATCH', `/admin/users/${bob.person.id}/toggle-active`, {}), 200)
    await receiver.has(1)
    await hasRead(id)
    await other.close()
  })

  it('[WK12] lets a receiver that lost 3 of 10 messages see the holes, fill them from GET /events, and equal it', async () => {
    await register(ann, receiver.url, ['*'], { ordered: true })
    const project = await addProject(ann)
    const since = await position(server)
    const task = await addTask(ann, { project: project.id })
    for (let nth = 1; nth < 10; nth++) await expect(ann.rest('PATCH', `/tasks/${task.id}`, { title: `${nth}` }), 200)
    await receiver.has(10 + 2) // with those of the project itself
    const rooms = ['tasks', 'projects', 'posts', 'media', 'videos', `user_${ann.person.id}`]
    const sent = receiver.got.map(({ message }) => message).filter(({ offset }) => offset > since)
    const kept = sent.filter((_, nth) => ![2, 3, 7].includes(nth))

    const mine: { offset: number; payload: unknown }[] = []
    let upTo = since
    for (const { offset, previous_offset, data, epoch } of kept) {
      if (previous_offset > upTo) {
        const { results, epoch: now } = await read(ann, upTo, rooms)
        assert.equal(now, epoch)
        for (const event of results) if (event.offset < offset) mine.push(event)
      }
      mine.push({ offset, payload: data })
      upTo = offset
    }
    const whole = (await read(ann, since, rooms)).results
    assert.equal(whole.length, 10)
    assert.deepEqual(
      mine.map(({ offset, payload }) => ({ offset, payload })),
      whole.map(({ offset, payload }: any) => ({ offset, payload })),
    )
  })

  it('[WK14] sends nothing of the time in which it was disabled, and shows the hole', async () => {
    const { id } = await register(ann, receiver.url, ['task.created'], { ordered: true })
    await addTask(ann, { title: 'before' })
    await receiver.has(1)
    await settles(ann, id, 'delivered')
    await enable(ann, id, false)
    await addTask(ann, { title: 'meanwhile' })
    const missed = await position(server)
    await enable(ann, id, true)
    await addTask(ann, { title: 'after' })
    await receiver.has(2)
    assert.deepEqual(titles(), ['before', 'after'])
    const [first, second] = receiver.got.map(({ message }) => message)
    assert.ok(second!.previous_offset > first!.offset && second!.previous_offset <= missed)
    const [, note] = await settles(ann, id, 'delivered', 'skipped', 'delivered')
    assert.deepEqual(
      [note.event, note.offset, note.previous_offset],
      ['webhook.gap', second!.previous_offset, first!.offset],
    )
    assert.match(note.error, /was disabled/)
  })

  it('[WK14] notes what the log no longer held when it got there, and shows the hole', async () => {
    const { id } = await register(ann, receiver.url, ['task.created'])
    await addTask(ann, { title: 'before' })
    await receiver.has(1)
    await settles(ann, id, 'delivered')
    const [{ first }] = (await server.query<{ first: number }>('select first from log_head')) as [{ first: number }]
    // Held where it is, as by an owner who is disabled, while the log moves on.
    await server.query('update users set is_active = false where id = $1', [ann.person.id])
    await addTask(bob, { title: 'removed' })
    const gone = await position(server)
    try {
      await server.query('update log_head set first = $1', [gone + 1])
      await server.query('update users set is_active = true where id = $1', [ann.person.id])
      const [note] = await settles(ann, id, 'skipped')
      assert.deepEqual([note.event, note.offset], ['webhook.gap', gone])
      await addTask(bob, { title: 'after' })
      const [, second] = await receiver.has(2)
      assert.deepEqual([second!.message.previous_offset, titles()], [gone, ['before', 'after']])
    } finally {
      await server.query('update log_head set first = $1', [first])
    }
  })

  it('[WK14] forgets its places when the log is another one, and goes on in that', async () => {
    const { id } = await register(ann, receiver.url, ['task.created'])
    receiver.answer((_, response) => void response.writeHead(500).end())
    await addTask(ann, { title: 'of the old log' })
    await receiver.has(3)
    receiver.answer((_, response) => void response.writeHead(204).end())
    await server.query(`update log_head set epoch = 'another one'`)
    await eventually(async () => {
      const all = await deliveriesOf(ann, id)
      assert.deepEqual(
        all.map(({ event, status }) => [event, status]),
        [
          ['webhook.gap', 'skipped'],
          ['task.created', 'skipped'],
        ],
      )
      assert.equal(all[1].offset, null)
      refuses(await ann.rest('POST', `/webhooks/deliveries/${all[1].id}/redeliver`, {}), 'conflict')
    })
    await addTask(ann, { title: 'of the new one' })
    const got = await receiver.has(4)
    assert.deepEqual([titles().at(-1), got.at(-1)!.message.epoch], ['of the new one', 'another one'])
  })
})

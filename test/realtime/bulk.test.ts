import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import { recordEvents } from '../support/recorder.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, addTask } from '../suites/answers.ts'
import { position } from '../suites/event-log.ts'
import { join } from '../suites/sockets.ts'

describe('bulk operations over a socket', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  before(async () => {
    server = await startServer()
    ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
  })
  after(() => server.close())

  const listener = async (client: Client, bulk: boolean, resume: object = {}) => {
    const socket = await client.socket({ bulk })
    const seen = recordEvents(socket)
    const joined = await join(socket, ['tasks', 'projects'], resume)
    const { offset, epoch, missed } = joined as { offset: number; epoch: string; missed: number }
    return { seen, offset, epoch, missed, names: () => seen.map(({ name }) => name) }
  }
  const several = async (count: number, fields: object = {}): Promise<number[]> =>
    (await Promise.all(Array.from({ length: count }, () => addTask(ann, fields)))).map(({ id }) => id)
  const update = (task_ids: number[], updates: object) =>
    expect(ann.rest('POST', '/tasks/bulk-update', { task_ids, updates }, { 'x-mutation-id': 'mine' }), 200)
  const remove = (task_ids: number[]) => expect(ann.rest('DELETE', '/tasks/bulk-delete', { task_ids }), 200)

  it('[BK10] sends one message per operation to a socket with bulk, and each event to the others', async () => {
    const [one, each] = [await listener(bob, true), await listener(bob, false)]
    const ids = await several(5)
    for (const { seen } of [one, each]) {
      await eventually(() => assert.equal(seen.length, 5))
      seen.length = 0
    }
    await update(ids, { status: 'done' })
    await remove(ids)
    await eventually(() => assert.equal(each.seen.length, 10))
    await eventually(() => assert.deepEqual(one.names(), ['tasks_bulk_updated', 'tasks_bulk_deleted']))
    assert.deepEqual(each.names(), [...ids.map(() => 'task_updated'), ...ids.map(() => 'task_deleted')])

    const { tasks, ...rest } = one.seen[0]!.payload
    assert.deepEqual(
      tasks,
      each.seen.slice(0, 5).map(({ payload }) => payload.task),
    )
    assert.deepEqual(rest, {
      updated_by: ann.person.id,
      first_offset: each.seen[0]!.payload.offset,
      offset: each.seen[4]!.payload.offset,
      at: each.seen[4]!.payload.at,
      mutation_id: 'mine',
    })
    assert.deepEqual(
      one.seen[1]!.payload.task_ids,
      each.seen.slice(5).map(({ payload }) => payload.task_id),
    )
    assert.equal(one.seen[1]!.payload.deleted_by, ann.person.id)
  })

  it('[BK10] does the same on resume', async () => {
    const { offset, epoch } = await listener(bob, true)
    const live = await listener(bob, false)
    const ids = await several(3)
    await update(ids, { status: 'done' })
    await update(ids.slice(0, 1), { status: 'review' })
    await remove(ids)
    await eventually(() => assert.equal(live.seen.length, 10))
    const one = await listener(bob, true, { since: offset, epoch })
    const expected = ['tasks_bulk_updated', 'tasks_bulk_updated', 'tasks_bulk_deleted']
    await eventually(() =>
      assert.deepEqual(
        one.names().filter(name => name !== 'task_created'),
        expected,
      ),
    )
    assert.equal(one.missed, 3 + 3 + 1 + 3)
    const each = await listener(bob, false, { since: offset, epoch })
    await eventually(() => assert.equal(each.seen.length, 10))
    assert.ok(each.names().every(name => ['task_created', 'task_updated', 'task_deleted'].includes(name)))
  })

  it('[BK10] splits a large operation into several messages, live and on resume, also from its middle', async () => {
    const rows = await server.query<{ id: number }>(
      `insert into tasks (title, description, position, created_by, updated_by)
       select 'large', repeat('"', 50000), n, $1, $1 from generate_series(1, 20) n returning id`,
      [ann.person.id],
    )
    // One operation changes a mebibyte of text, and each quotation mark is two bytes of JSON.
    const ids = rows.map(({ id }) => Number(id)).toSorted((a, b) => a - b)
    const live = await listener(bob, true)
    await update(ids, { status: 'done' })
    const got = ({ seen }: typeof live) => seen.flatMap(({ payload }) => payload.tasks.map(({ id }: any) => id))
    const isWhole = async (one: typeof live, tasks: number[], after: number) => {
      await eventually(() => assert.deepEqual(got(one), tasks))
      let offset = after
      for (const { name, payload } of one.seen) {
        assert.deepEqual([name, payload.mutation_id], ['tasks_bulk_updated', 'mine'])
        assert.equal(payload.first_offset, offset + 1)
        assert.equal(payload.offset - offset, payload.tasks.length)
        assert.ok(JSON.stringify(payload).length < 1_200_000)
        ;({ offset } = payload)
      }
    }
    await isWhole(live, ids, live.offset)
    assert.ok(live.seen.length > 1, String(live.seen.length))
    const { epoch } = live
    await isWhole(await listener(bob, true, { since: live.offset, epoch }), ids, live.offset)
    const first = live.seen[0]!.payload
    const rest = await listener(bob, true, { since: first.offset, epoch })
    assert.equal(rest.missed, 20 - first.tasks.length)
    await isWhole(rest, ids.slice(first.tasks.length), first.offset)
  })

  it('[BK11] sends each person only the part of an operation that they may see', async () => {
    const [mine, shared] = [await addProject(ann), await addProject(ann)]
    await addMember(ann, shared, bob, 'viewer')
    const [[hidden], [seen], [free]] = [
      await several(1, { project: mine.id }),
      await several(1, { project: shared.id }),
      await several(1),
    ]
    await position(server)
    const [his, hers] = [await listener(bob, true), await listener(ann, true)]
    await update([hidden!, seen!, free!], { status: 'review' })
    const idsOf = async (one: typeof his) => {
      const [bulk] = await eventually(() => (assert.deepEqual(one.names(), ['tasks_bulk_updated']), one.seen))
      return bulk!.payload.tasks.map(({ id }: { id: number }) => id).sort((a: number, b: number) => a - b)
    }
    assert.deepEqual(await idsOf(hers), [hidden, seen, free])
    assert.deepEqual(await idsOf(his), [seen, free])
  })

  it('[BK11] reports a move as removals one by one, then as one update', async () => {
    const [from, to] = [await addProject(ann), await addProject(ann)]
    const ids = await several(2, { project: from.id })
    await position(server)
    const hers = await listener(ann, true)
    await update(ids, { project: to.slug })
    await eventually(() =>
      assert.deepEqual(
        hers.seen.map(({ name }) => name),
        ['task_removed', 'task_removed', 'tasks_bulk_updated'],
      ),
    )
    const offsets = hers.seen.map(({ payload }) => payload.offset)
    assert.deepEqual(
      offsets,
      offsets.toSorted((a, b) => a - b),
    )
  })

  it('[BK10] sends a thousand deletions as one message', async () => {
    const rows = await server.query<{ id: number }>(
      `insert into tasks (title, position, created_by, updated_by) select 'bulk', n, $1, $1 from generate_series(1, 1000) n returning id`,
      [ann.person.id],
    )
    const one = await listener(bob, true)
    await remove(rows.map(({ id }) => id))
    const bulks = () => one.seen.filter(({ name }) => name === 'tasks_bulk_deleted')
    const [message] = await eventually(() => (assert.equal(bulks().length, 1), bulks()))
    assert.equal(message!.payload.offset - message!.payload.first_offset, 999)
  })
})

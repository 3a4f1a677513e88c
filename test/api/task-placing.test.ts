import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addProject, addTask, refuses } from '../suites/answers.ts'
import { eventsOf } from '../suites/event-log.ts'

describe('placing a task among its neighbours', () => {
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
  })
  after(() => server.close())

  /** The ids of these tasks as the board shows them. */
  const order = async (ids: number[]): Promise<number[]> => {
    const { body } = await expect(ann.rest('GET', '/tasks?sort=position&page_size=100'), 200)
    return body.results.map(({ id }: { id: number }) => id).filter((id: number) => ids.includes(id))
  }
  const three = async () => [(await addTask(ann)).id, (await addTask(ann)).id, (await addTask(ann)).id] as const
  const place = (id: number, where: object) => expect(ann.rest('PATCH', `/tasks/${id}`, where), 200)

  it('[TK13] new tasks come last', async () => {
    const ids = await three()
    assert.deepEqual(await order([...ids]), ids)
  })

  it('[TK13] after_id puts it right after that task, before_id right before', async () => {
    const [a, b, c] = await three()
    await place(a, { after_id: b })
    assert.deepEqual(await order([a, b, c]), [b, a, c])
    await place(c, { before_id: b })
    assert.deepEqual(await order([a, b, c]), [c, b, a])
  })

  it('[TK13] with both, after_id says where', async () => {
    const [a, b, c] = await three()
    await place(a, { after_id: c, before_id: b })
    assert.deepEqual(await order([a, b, c]), [b, c, a])
  })

  it('[TK13] works while creating and replacing, and tells the place that was found', async () => {
    const [a, b] = await three()
    const events = await eventsOf(server, async () => {
      const task = await addTask(ann, { before_id: b })
      assert.deepEqual(await order([a, b, task.id]), [a, task.id, b])
      await expect(ann.rest('PUT', `/tasks/${task.id}`, { title: 'x', after_id: b }), 200)
      assert.deepEqual(await order([a, b, task.id]), [a, b, task.id])
    })
    const shown = (await ann.rest('GET', `/tasks/${events[1]!.payload.task_id}`)).body
    assert.deepEqual(events[1]!.payload.task, shown)
    assert.ok(events[1]!.payload.changed.includes('position'))
  })

  it('[TK13] first of all and last of all', async () => {
    const { body } = await ann.rest('GET', '/tasks?sort=position&page_size=1')
    const last = (await ann.rest('GET', '/tasks?sort=-position&page_size=1')).body.results[0].id
    const [a, b] = await three()
    await place(a, { before_id: body.results[0].id })
    await place(b, { after_id: last })
    assert.equal((await ann.rest('GET', '/tasks?sort=position&page_size=1')).body.results[0].id, a)
    assert.deepEqual(await order([last, b]), [last, b])
  })

  it('[TK3] where it is already changes nothing', async () => {
    const [a, b, c] = await three()
    const events = await eventsOf(server, async () => {
      await place(b, { after_id: a })
      await place(b, { before_id: c })
    })
    assert.deepEqual(events, [])
  })

  it('[TK9] beside a task that is unseen, or is none, or is itself, is refused on the field', async () => {
    const bob = await server.user('bob')
    const hidden = await addTask(bob, { project: (await addProject(bob)).id })
    const { id } = await addTask(ann)
    for (const field of ['before_id', 'after_id'])
      for (const beside of [hidden.id, 999_999, id]) {
        refuses(await ann.rest('PATCH', `/tasks/${id}`, { [field]: beside }), 'validation_error', [field])
      }
    refuses(await ann.rest('POST', '/tasks', { title: 'x', after_id: hidden.id }), 'validation_error', ['after_id'])
  })

  it('[TK14] seventy times at the same spot keeps the order, and tells of each neighbour that made room', async () => {
    const [a, z] = await three()
    const ids: number[] = []
    const list = async (): Promise<any[]> =>
      (await expect(ann.rest('GET', '/tasks?sort=position&page_size=100'), 200)).body.results
    const board = new Map((await list()).map(({ id, position }) => [id, position]))
    const events = await eventsOf(server, async () => {
      for (let n = 0; n < 70; n++) ids.push((await addTask(ann, { after_id: a })).id)
    })
    for (const { payload } of events) board.set(payload.task.id, payload.task.position)
    const moved = events.filter(({ event }) => event === 'task_updated')
    assert.ok(moved.length > 0 && moved.every(({ payload }) => payload.changed.join() === 'position'))
    assert.ok(moved.every(({ payload }) => payload.task.version >= 2 && payload.task_id === payload.task.id))

    assert.deepEqual(await order([a, ...ids, z]), [a, ...ids.toReversed(), z])
    for (const { id, position } of await list()) assert.equal(board.get(id), position)
  })

  it('[TK14] before the same task just so', async () => {
    const [a, z] = await three()
    const ids: number[] = []
    for (let n = 0; n < 60; n++) ids.push((await addTask(ann, { before_id: z })).id)
    const all = await server.query<{ id: number }>('select id from tasks where id = any($1) order by position, id', [
      [a, ...ids, z],
    ])
    assert.deepEqual(
      all.map(({ id }) => id),
      [a, ...ids, z],
    )
  })

  it('[TK14] by many at once leaves every task in one place of its own', async () => {
    const [a, z] = await three()
    const tasks = await Promise.all(Array.from({ length: 30 }, () => addTask(ann, { after_id: a })))
    const ids = [a, ...tasks.map(({ id }) => id), z]
    await Promise.all(tasks.map(({ id }) => place(id, { before_id: z })))
    const rows = await server.query<{ id: number; position: number }>(
      'select id, position from tasks where id = any($1) order by position, id',
      [ids],
    )
    assert.deepEqual([rows[0]!.id, rows.at(-1)!.id, rows.length], [a, z, 32])
  })
})

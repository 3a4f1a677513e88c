import assert from 'node:assert/strict'
import { sortKeyOf } from '../../contract/index.ts'
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

  /** The ids of these tasks in the order of the board. */
  const order = async (ids: number[]): Promise<number[]> => {
    const tasks = await Promise.all(ids.map(async id => (await expect(ann.rest('GET', `/tasks/${id}`), 200)).body))
    return tasks
      .toSorted((one, other) => bytewise(one.position, other.position) || one.id - other.id)
      .map(({ id }) => id)
  }
  const three = async () => [(await addTask(ann)).id, (await addTask(ann)).id, (await addTask(ann)).id] as const
  const place = (id: number, where: object) => expect(ann.rest('PATCH', `/tasks/${id}`, where), 200)

  it('[TK13] puts new tasks last', async () => {
    const ids = await three()
    assert.deepEqual(await order([...ids]), ids)
  })

  it('[TK13] puts a task right after after_id, and right before before_id', async () => {
    const [a, b, c] = await three()
    await place(a, { after_id: b })
    assert.deepEqual(await order([a, b, c]), [b, a, c])
    await place(c, { before_id: b })
    assert.deepEqual(await order([a, b, c]), [c, b, a])
  })

  it('[TK13] prefers after_id when both are given', async () => {
    const [a, b, c] = await three()
    await place(a, { after_id: c, before_id: b })
    assert.deepEqual(await order([a, b, c]), [b, c, a])
  })

  it('[TK13] places a task when it is created or replaced, and returns the place', async () => {
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

  it('[TK13] places a task first of all and last of all', async () => {
    const { body } = await ann.rest('GET', '/tasks?sort=position&page_size=1')
    const last = (await ann.rest('GET', '/tasks?sort=-position&page_size=1')).body.results[0].id
    const [a, b] = await three()
    await place(a, { before_id: body.results[0].id })
    await place(b, { after_id: last })
    assert.equal((await ann.rest('GET', '/tasks?sort=position&page_size=1')).body.results[0].id, a)
    assert.deepEqual(await order([last, b]), [last, b])
  })

  it('[TK3] changes nothing when the task is there already', async () => {
    const [a, b, c] = await three()
    const events = await eventsOf(server, async () => {
      await place(b, { after_id: a })
      await place(b, { before_id: c })
    })
    assert.deepEqual(events, [])
  })

  it('[TK9] refuses a neighbour that is unseen, does not exist, or is the task itself, on its field', async () => {
    const bob = await server.user('bob')
    const hidden = await addTask(bob, { project: (await addProject(bob)).id })
    const { id } = await addTask(ann)
    for (const field of ['before_id', 'after_id'])
      for (const beside of [hidden.id, 999_999, id]) {
        refuses(await ann.rest('PATCH', `/tasks/${id}`, { [field]: beside }), 'validation_error', [field])
      }
    refuses(await ann.rest('POST', '/tasks', { title: 'x', after_id: hidden.id }), 'validation_error', ['after_id'])
  })

  it('[TK14] keeps the order after seventy moves to the same spot, and writes no other task', async () => {
    const [a, z] = await three()
    const ids: number[] = []
    const events = await eventsOf(server, async () => {
      for (let n = 0; n < 70; n++) ids.push((await addTask(ann, { after_id: a })).id)
    })
    assert.deepEqual(new Set(events.map(({ event }) => event)), new Set(['task_created']))
    assert.deepEqual(await order([a, ...ids, z]), [a, ...ids.toReversed(), z])
    const { body } = await expect(ann.rest('GET', '/tasks?sort=position&page_size=100'), 200)
    const shown: string[] = body.results.map(({ position }: { position: string }) => position)
    assert.deepEqual(shown, shown.toSorted(bytewise))
  })

  it('[TK14] keeps the order after as many moves before the same task', async () => {
    const [a, z] = await three()
    const ids: number[] = []
    for (let n = 0; n < 60; n++) ids.push((await addTask(ann, { before_id: z })).id)
    assert.deepEqual(await order([a, ...ids, z]), [a, ...ids, z])
  })

  it('[TK14] gives every task a place of its own when many move at once', async () => {
    const [a, z] = await three()
    const tasks = await Promise.all(Array.from({ length: 30 }, () => addTask(ann, { after_id: a })))
    const ids = [a, ...tasks.map(({ id }) => id), z]
    const placed = await Promise.all(tasks.map(({ id }) => place(id, { before_id: z })))
    assert.equal(new Set(placed.map(({ body }) => body.position)).size, 30)
    const all = await order(ids)
    assert.deepEqual([all[0], all.at(-1), all.length], [a, z, 32])
  })

  it('[TK17] changes nothing of neighbours in a project that the caller may not edit', async () => {
    const bob = await server.user('bob')
    const project = (await addProject(bob, { visibility: 'internal' })).id
    const theirs: number[] = []
    for (let n = 0; n < 3; n++) theirs.push((await addTask(bob, { project })).id)
    const rows = () => server.query('select * from tasks where id = any($1) order by id', [theirs])
    const before = await rows()
    for (let n = 0; n < 60; n++) await addTask(ann, { after_id: theirs[0] })
    assert.deepEqual(await rows(), before)
    const { headers } = await bob.rest('GET', `/tasks/${theirs[1]}`)
    await expect(bob.rest('PATCH', `/tasks/${theirs[1]}`, { title: 'mine' }, { 'if-match': headers.get('etag')! }), 200)
  })

  it('[TK14] answers with a conflict when the key would be too long, and still has room elsewhere', async () => {
    const [a, z] = await three()
    await server.query(
      `update tasks set sort_key = (select sort_key_of(position) from tasks where id = $1)
         || repeat('1', 389) || case id when $1 then '1' else '2' end where id = any($2)`,
      [a, [a, z]],
    )
    refuses(await ann.rest('POST', '/tasks', { title: 'x', before_id: z }), 'conflict')
    await addTask(ann, { after_id: z })
  })

  it('[TK14] pages over tasks with the longest key like over any other', async () => {
    for (let n = 0; n < 2; n++) await addTask(ann, { category: 'longest' })
    await server.query(`update tasks set sort_key = repeat('z', 399) || id % 10 where category = 'longest'`)
    const first = await expect(ann.rest('GET', '/tasks?category=longest&sort=position&page_size=1&cursor='), 200)
    const { pathname, search } = new URL(first.body.next, server.url)
    const second = await expect(ann.rest('GET', pathname.replace('/api/v1', '') + search), 200)
    assert.equal(second.body.results.length, 1)
    assert.notEqual(second.body.results[0].id, first.body.results[0].id)
  })

  it('[TK14] always finds room beside tasks that the caller does not see', async () => {
    const [a, z] = await three()
    const bob = await server.user('bob-hides')
    const project = (await addProject(bob, { visibility: 'private' })).id
    const hidden = (await addTask(bob, { project })).id
    await server.query(
      `update tasks set sort_key = (select sort_key_of(position) from tasks where id = $1)
         || repeat('1', 389) || case id when $1 then '1' else '2' end where id = any($2)`,
      [a, [a, hidden]],
    )
    refuses(await bob.rest('POST', '/tasks', { title: 'x', after_id: a }), 'conflict')
    const placed = (await addTask(ann, { after_id: a })).id
    assert.deepEqual(await order([a, placed, z]), [a, placed, z])
  })

  it('[TK18] orders the keys of positions like the positions, here as in the database', async () => {
    const positions = [...Array.from({ length: 200 }, () => (Math.random() - 0.5) * 2 ** 60), 0, 1024, -1024, 0.1, -0.1]
    const rows = await server.query<{ position: number; key: string }>(
      'select p as position, sort_key_of(p) as key from unnest($1::float8[]) as p order by sort_key_of(p) collate "C"',
      [positions],
    )
    assert.deepEqual(
      rows.map(({ position }) => position),
      positions.toSorted((one, other) => one - other),
    )
    for (const { position, key } of rows) assert.equal(sortKeyOf(position), key)
  })

  it('[TK18] keeps an index for each list by position of the release before', async () => {
    const rows = await server.query<{ definition: string }>(
      `select indexdef as definition from pg_indexes where tablename = 'tasks'`,
    )
    const columns = rows.map(({ definition }) => definition.replaceAll('"', '').replace(/.* using btree /i, ''))
    for (const index of ['(position, id)', '(status, position, id)', '(project_id, status, position)'])
      assert.ok(columns.includes(index), `${index} is not among ${columns.join(' ')}`)
  })

  it('[TK18] puts a task that the release before moves where that release says', async () => {
    const [a, b, c] = await three()
    await place(c, { after_id: a })
    await server.query('update tasks set position = (select position + 1 from tasks where id = $1) where id = $2', [
      b,
      c,
    ])
    assert.deepEqual(await order([a, b, c]), [a, b, c])
  })
})

const bytewise = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

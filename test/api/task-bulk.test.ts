import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, addTask, refuses } from '../suites/answers.ts'
import { eventsOf } from '../suites/event-log.ts'
import { transactionsOf } from '../suites/statements.ts'

describe('bulk operations on tasks', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  before(async () => {
    server = await startServer()
    ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
  })
  after(() => server.close())

  const several = async (count: number, fields: object = {}): Promise<number[]> =>
    (await Promise.all(Array.from({ length: count }, () => addTask(ann, fields)))).map(({ id }) => id)
  const many = async (count: number): Promise<number[]> =>
    (
      await server.query<{ id: number }>(
        `insert into tasks (title, position, created_by, updated_by) select 'bulk', n, $1, $1 from generate_series(1, $2) n returning id`,
        [ann.person.id, count],
      )
    ).map(({ id }) => id)
  const update = async (task_ids: number[], updates: object, client = ann, headers = {}) =>
    (await expect(client.rest('POST', '/tasks/bulk-update', { task_ids, updates }, headers), 200)).body
  const remove = async (task_ids: number[], client = ann, method = 'DELETE') =>
    (await expect(client.rest(method, '/tasks/bulk-delete', { task_ids }), 200)).body

  it('[BK1] changes each task, with an event, a version and changes of its own', async () => {
    const [a, b] = (await several(2)).toSorted((one, other) => one - other) as [number, number]
    await expect(ann.rest('PATCH', `/tasks/${b}`, { status: 'done' }), 200)
    const events = await eventsOf(server, async () => {
      const answer = await update([a, b], { status: 'done', category: 'swept' }, ann, { 'x-mutation-id': 'bulk 1' })
      assert.deepEqual(answer, { updated_count: 2, failed_updates: [] })
    })
    const summary = events.map(({ event, payload, mutation_id, bulk }) => [event, payload.task_id, mutation_id, bulk])
    assert.deepEqual(summary.sort(), [
      ['task_updated', a, 'bulk 1', true],
      ['task_updated', b, 'bulk 1', true],
    ])
    for (const { payload } of events) {
      assert.deepEqual(payload.task, (await ann.rest('GET', `/tasks/${payload.task_id}`)).body)
      const fields = payload.task_id === a ? ['category', 'completed_at', 'status'] : ['category']
      assert.deepEqual([payload.changed.sort(), payload.task.version], [fields, payload.task_id === a ? 2 : 3])
    }
  })

  it('[TK5] keeps the time of completion of a task that was done already', async () => {
    const [id] = await several(1)
    const { body: done } = await expect(ann.rest('PATCH', `/tasks/${id}`, { status: 'done' }), 200)
    await update([id!], { status: 'done', category: 'c' })
    const { body } = await expect(ann.rest('GET', `/tasks/${id}`), 200)
    assert.deepEqual([body.category, body.completed_at], ['c', done.completed_at])
  })

  it('[BK1] clears a field with null, and takes a project by slug or id', async () => {
    const project = await addProject(ann)
    const ids = await several(2, { category: 'c' })
    await update(ids, { category: null, project: project.slug })
    await update([ids[0]!], { project: null })
    const rows = await Promise.all(ids.map(async id => (await ann.rest('GET', `/tasks/${id}`)).body))
    assert.deepEqual(
      rows.map(({ category, project_id }) => [category, project_id]),
      [
        [null, null],
        [null, project.id],
      ],
    )
  })

  it('[BK2] counts a task that has the values already, without a version or an event', async () => {
    const ids = await several(2)
    const events = await eventsOf(server, async () =>
      assert.deepEqual(await update(ids, { status: 'todo' }), { updated_count: 2, failed_updates: [] }),
    )
    assert.deepEqual(events, [])
  })

  it('[BK3] reports each task that cannot be changed with its reason, and changes the others (attack 27)', async () => {
    const [hidden, seen, old] = [await addProject(ann), await addProject(ann), await addProject(ann)]
    await addMember(ann, seen, bob, 'viewer')
    await addMember(ann, old, bob, 'editor')
    const [unseen] = await several(1, { project: hidden.id })
    const [readable] = await several(1, { project: seen.id })
    const [archived] = await several(1, { project: old.id })
    const [free] = await several(1)
    await expect(ann.rest('PATCH', `/projects/${old.id}`, { status: 'archived' }), 200)
    const ids = [999_999, unseen!, free!, readable!, archived!]
    const reasons = [
      [999_999, 'not_found'],
      [unseen, 'not_found'],
      [readable, 'forbidden'],
      [archived, 'conflict'],
    ]
    const { updated_count, failed_updates } = await update(ids, { priority: 'low' }, bob)
    assert.deepEqual([updated_count, failed_updates.map(({ task_id, code }: any) => [task_id, code])], [1, reasons])
    assert.equal(failed_updates[0].message, failed_updates[1].message)

    const { deleted_count, failed_deletes } = await remove(ids, bob)
    assert.deepEqual([deleted_count, failed_deletes.map(({ task_id, code }: any) => [task_id, code])], [1, reasons])
    assert.equal((await ann.rest('GET', `/tasks/${unseen}`)).status, 200)
  })

  it('[BK3] does not move a task whose assignee could not read it there', async () => {
    const [from, to] = [await addProject(ann), await addProject(ann)]
    await addMember(ann, from, bob, 'viewer')
    const [stays] = await several(1, { project: from.id, assignee_id: bob.person.id })
    const [goes] = await several(1, { project: from.id })
    const { updated_count, failed_updates } = await update([stays!, goes!], { project: to.id })
    assert.deepEqual([updated_count, failed_updates.length, failed_updates[0].task_id], [1, 1, stays])
    assert.equal(failed_updates[0].code, 'validation_error')
  })

  it('[BK12] changes as much text as one call may, and reports the rest for another call', async () => {
    const rows = await server.query<{ id: number }>(
      `insert into tasks (title, description, position, created_by, updated_by)
       select 'long', repeat('ä', 50000), n, $1, $1 from generate_series(1, 20) n returning id`,
      [bob.person.id],
    )
    const [unseen] = await several(1, { project: (await addProject(ann)).id })
    const ids = rows.map(({ id }) => Number(id))
    const first = await update([...ids, unseen!], { status: 'done' }, bob)
    const left = first.failed_updates.filter(({ code }: any) => code === 'payload_too_large')
    assert.deepEqual([first.updated_count, left.map(({ task_id }: any) => task_id)], [10, ids.slice(10)])
    assert.match(left[0].message, /1 MiB of text; change this task in another call/)
    assert.equal(first.failed_updates.at(-1).code, 'not_found')
    const second = await update(ids.slice(10), { status: 'done' }, bob)
    assert.deepEqual(second, { updated_count: 10, failed_updates: [] })
    assert.equal((await remove(ids, bob)).deleted_count, 20)
  })

  it('[BK4] counts the same id twice as one', async () => {
    const [a] = await several(1)
    const events = await eventsOf(server, async () => {
      assert.equal((await update([a!, a!, a!], { status: 'review' })).updated_count, 1)
      assert.deepEqual(await remove([a!, 999_999, a!, 999_999]), {
        deleted_count: 1,
        failed_deletes: [
          { task_id: 999_999, code: 'not_found', message: 'There is no such thing, or none that you may see.' },
        ],
      })
    })
    assert.deepEqual(
      events.map(({ event, payload }) => [event, payload.version ?? payload.task.version]),
      [
        ['task_updated', 2],
        ['task_deleted', 3],
      ],
    )
  })

  for (const method of ['DELETE', 'POST']) {
    it(`[BK5] deletes tasks by ${method}, and reports each`, async () => {
      const ids = await several(3)
      const events = await eventsOf(server, async () =>
        assert.deepEqual(await remove(ids, ann, method), { deleted_count: 3, failed_deletes: [] }),
      )
      assert.deepEqual(events.map(({ payload }) => payload.task_id).sort(), ids.sort())
      assert.equal((await ann.rest('GET', `/tasks/${ids[0]}`)).status, 404)
    })
  }

  it('[BK6] changes a thousand tasks at once, and their events have contiguous offsets', async () => {
    const ids = await many(1_000)
    let busy = true
    const events = await eventsOf(server, async () => {
      const others = (async () => {
        while (busy) await addTask(bob)
      })()
      const answer = await update(ids, { status: 'in_progress' })
      assert.deepEqual(answer, { updated_count: 1_000, failed_updates: [] })
      busy = false
      await others
      assert.equal((await remove(ids)).deleted_count, 1_000)
    })
    for (const kind of ['task_updated', 'task_deleted']) {
      const offsets = events.filter(({ event }) => event === kind).map(({ offset }) => offset)
      assert.deepEqual([offsets.length, offsets.at(-1)! - offsets[0]!], [1_000, 999])
    }
  })

  it('[BK7] takes as many statements for two tasks as for a thousand', async () => {
    const count = async (ids: number[], updates: object) => {
      const changed = await transactionsOf(() => update(ids, updates))
      const removed = await transactionsOf(() => remove(ids))
      return [changed, removed].map(all =>
        all.filter(texts => texts.some(text => text.includes(' tasks '))).map(texts => texts.length),
      )
    }
    const project = (await addProject(ann)).id
    const [two, thousand] = [await many(2), await many(1_000)]
    const expected = await count(two, { status: 'done', project })
    assert.equal(expected.flat().length, 2)
    assert.ok(
      expected.flat().every(statements => statements > 0 && statements < 10),
      JSON.stringify(expected),
    )
    assert.deepEqual(await count(thousand, { status: 'done', project }), expected)
  })

  it('[BK8] completes two calls on the same tasks in opposite order', async () => {
    const ids = await many(200)
    const answers = await Promise.all(
      ['low', 'high', 'urgent'].map((priority, n) => update(n % 2 ? ids : ids.toReversed(), { priority })),
    )
    assert.deepEqual(
      answers.map(({ updated_count }) => updated_count),
      [200, 200, 200],
    )
    const { body } = await ann.rest('GET', `/tasks/${ids[0]}`)
    assert.equal(body.version, 4)
  })

  it('[BK9] refuses the whole call for a project that is unseen, archived or read-only for the caller', async () => {
    const [hidden, seen, old] = [await addProject(bob), await addProject(bob), await addProject(ann)]
    await addMember(bob, seen, ann, 'viewer')
    await expect(ann.rest('PATCH', `/projects/${old.id}`, { status: 'archived' }), 200)
    const task_ids = await several(1)
    const move = (project: unknown) => ann.rest('POST', '/tasks/bulk-update', { task_ids, updates: { project } })
    for (const ref of [hidden.slug, hidden.id, 'none'])
      refuses(await move(ref), 'validation_error', ['updates.project'])
    refuses(await move(seen.id), 'forbidden')
    refuses(await move(old.id), 'conflict')
  })

  for (const [body, field] of [
    [{ task_ids: [], updates: { status: 'done' } }, 'task_ids'],
    [{ task_ids: Array.from({ length: 1_001 }, (_, n) => n + 1), updates: { status: 'done' } }, 'task_ids'],
    [{ task_ids: [1, '2'], updates: { status: 'done' } }, 'task_ids.1'],
    [{ task_ids: [0], updates: { status: 'done' } }, 'task_ids.0'],
    [{ task_ids: 1, updates: { status: 'done' } }, 'task_ids'],
    [{ updates: { status: 'done' } }, 'task_ids'],
    [{ task_ids: [1] }, 'updates'],
    [{ task_ids: [1], updates: {} }, 'updates'],
    [{ task_ids: [1], updates: { status: 'done', title: 'x' } }, 'updates.title'],
    [{ task_ids: [1], updates: { status: 'Done' } }, 'updates.status'],
    [{ task_ids: [1], updates: { priority: null } }, 'updates.priority'],
    [{ task_ids: [1], updates: { status: 'done' }, force: true }, 'force'],
  ] as const) {
    it(`[BI1] refuses bulk-update of ${JSON.stringify(body).slice(0, 60)} on ${field}`, async () => {
      refuses(await ann.rest('POST', '/tasks/bulk-update', body), 'validation_error', [field])
    })
  }

  for (const [body, field] of [
    [{ task_ids: [] }, 'task_ids'],
    [{ task_ids: Array.from({ length: 1_001 }, () => 1) }, 'task_ids'],
    [{}, 'task_ids'],
    [{ task_ids: [1], all: true }, 'all'],
  ] as const) {
    it(`[BI1] refuses bulk-delete of ${JSON.stringify(body).slice(0, 60)} on ${field}`, async () => {
      for (const method of ['DELETE', 'POST'])
        refuses(await ann.rest(method, '/tasks/bulk-delete', body), 'validation_error', [field])
    })
  }
})

import assert from 'node:assert/strict'
import { openConnection } from '../support/connection.ts'
import { untilWaitingForLocks } from '../support/lock-waits.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addProject, addTask, refuses } from '../suites/answers.ts'
import { eventsOf } from '../suites/event-log.ts'

describe('Idempotency-Key', () => {
  let server: TestServer
  let ann: Client
  let keys = 0
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
  })
  after(() => server.close())

  const fresh = () => ({ 'idempotency-key': `key ${++keys}` })

  it('[ID1] answers a repeated call with the first answer, headers included, and runs it once', async () => {
    const key = fresh()
    const events = await eventsOf(server, async () => {
      const first = await expect(ann.rest('POST', '/tasks', { title: 'x' }, key), 201)
      const again = await expect(ann.rest('POST', '/tasks', { title: 'x' }, key), 201)
      assert.deepEqual(again.body, first.body)
      for (const name of ['location', 'etag']) assert.equal(again.headers.get(name), first.headers.get(name))
    })
    assert.equal(events.length, 1)
  })

  it('[ID1] repeats the first answer, also when the resource has changed or is deleted since', async () => {
    const key = fresh()
    const first = await expect(ann.rest('POST', '/tasks', { title: 'x' }, key), 201)
    await expect(ann.rest('PATCH', `/tasks/${first.body.id}`, { title: 'y' }), 200)
    assert.deepEqual((await expect(ann.rest('POST', '/tasks', { title: 'x' }, key), 201)).body, first.body)
    await expect(ann.rest('DELETE', `/tasks/${first.body.id}`), 204)
    assert.deepEqual((await expect(ann.rest('POST', '/tasks', { title: 'x' }, key), 201)).body, first.body)
  })

  it('[ID3] makes one task and one event from twenty simultaneous calls; the others get its answer, or 409 with Retry-After', async () => {
    const key = fresh()
    const events = await eventsOf(server, async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => ann.rest('POST', '/tasks', { title: 'one' }, key)),
      )
      const made = answers.filter(({ status }) => status === 201)
      assert.equal(new Set(made.map(({ body }) => body.id)).size, 1)
      for (const answer of answers.filter(({ status }) => status !== 201)) {
        refuses(answer, 'conflict')
        assert.ok(Number(answer.headers.get('retry-after')) >= 1)
      }
    })
    assert.equal(events.length, 1)
    assert.equal(
      (await expect(ann.rest('POST', '/tasks', { title: 'one' }, key), 201)).body.id,
      events[0]!.payload.task.id,
    )
  })

  it('[ID3] answers 409 with Retry-After to the same call while the first one runs, and delays nobody else', async () => {
    const [key, project, bob] = [fresh(), await addProject(ann), await server.user('bob')]
    const body = { title: 'x', project: project.id }
    const holder = await openConnection(server.databaseUrl)
    await holder.query('begin')
    await holder.query('select from projects where id = $1 for update', [project.id])
    const first = ann.rest('POST', '/tasks', body, key)
    await untilWaitingForLocks(server)
    const second = await ann.rest('POST', '/tasks', body, key)
    refuses(second, 'conflict')
    assert.equal(second.headers.get('retry-after'), '1')
    await expect(bob.rest('POST', '/tasks', { title: 'x' }, key), 201)
    await holder.query('commit')
    const { body: made } = await expect(first, 201)
    assert.deepEqual((await expect(ann.rest('POST', '/tasks', body, key), 201)).body, made)
  })

  it('[ID2] refuses the same key with another body, and nothing happens', async () => {
    const key = fresh()
    await expect(ann.rest('POST', '/tasks', { title: 'x' }, key), 201)
    const events = await eventsOf(server, async () =>
      refuses(await ann.rest('POST', '/tasks', { title: 'y' }, key), 'idempotency_key_reused'),
    )
    assert.deepEqual(events, [])
  })

  it('[ID4] frees the key when the call fails', async () => {
    const key = fresh()
    refuses(await ann.rest('POST', '/tasks', { title: '' }, key), 'validation_error')
    refuses(await ann.rest('POST', '/tasks', { title: 'x', project: 'none' }, key), 'validation_error')
    await expect(ann.rest('POST', '/tasks', { title: 'z' }, key), 201)
  })

  describe('works for', () => {
    const once = async (method: string, path: string, body: object | undefined, status: number) => {
      const key = fresh()
      const events = await eventsOf(server, async () => {
        const first = await expect(ann.rest(method, path, body, key), status)
        assert.deepEqual((await expect(ann.rest(method, path, body, key), status)).body, first.body)
      })
      assert.ok(events.length > 0)
      assert.equal(
        new Set(events.map(({ event, payload }) => `${event} ${JSON.stringify(payload)}`)).size,
        events.length,
      )
    }

    it('[ID5] PATCH, PUT and DELETE of a task', async () => {
      const { id } = await addTask(ann)
      await once('PATCH', `/tasks/${id}`, { title: 'patched' }, 200)
      await once('PUT', `/tasks/${id}`, { title: 'put' }, 200)
      await once('DELETE', `/tasks/${id}`, undefined, 204)
    })

    it('[ID5] bulk update and bulk delete', async () => {
      const task_ids = [(await addTask(ann)).id, (await addTask(ann)).id]
      await once('POST', '/tasks/bulk-update', { task_ids, updates: { status: 'done' } }, 200)
      await once('DELETE', '/tasks/bulk-delete', { task_ids }, 200)
    })

    it('[ID5] projects and their members', async () => {
      const bob = await server.user('bob')
      const { id } = await addProject(ann)
      await once('POST', '/projects', { name: 'with a key' }, 201)
      await once('PATCH', `/projects/${id}`, { name: 'patched' }, 200)
      await once('PUT', `/projects/${id}/members/${bob.person.id}`, { role: 'viewer' }, 200)
      await once('DELETE', `/projects/${id}/members/${bob.person.id}`, undefined, 204)
      await once('DELETE', `/projects/${id}`, undefined, 204)
    })
  })

  describe('a key belongs to', () => {
    it('[ID6] one person', async () => {
      const [bob, key] = [await server.user('bob'), fresh()]
      const mine = await expect(ann.rest('POST', '/tasks', { title: 'x' }, key), 201)
      const theirs = await expect(bob.rest('POST', '/tasks', { title: 'x' }, key), 201)
      assert.notEqual(mine.body.id, theirs.body.id)
    })

    it('[ID6] one address, whichever way it is written', async () => {
      const [a, b, key] = [await addTask(ann), await addTask(ann), fresh()]
      await expect(ann.rest('PATCH', `/tasks/${a.id}`, { title: 'x' }, key), 200)
      assert.equal((await expect(ann.rest('PATCH', `/tasks/${b.id}`, { title: 'x' }, key), 200)).body.id, b.id)
      refuses(await ann.rest('PATCH', `/tasks/${a.id}/`, { title: 'y' }, key), 'idempotency_key_reused')
    })

    it('[ID6] one method', async () => {
      const [{ id }, key] = [await addTask(ann), fresh()]
      await expect(ann.rest('PATCH', `/tasks/${id}`, { title: 'x' }, key), 200)
      await expect(ann.rest('PUT', `/tasks/${id}`, { title: 'x', status: 'done' }, key), 200)
    })

    it('[ID6] a period of twenty-four hours', async () => {
      const key = fresh()
      const { body } = await expect(ann.rest('POST', '/tasks', { title: 'x' }, key), 201)
      await server.query(`update idempotency_keys set created_at = created_at - interval '25 hours' where key = $1`, [
        key['idempotency-key'],
      ])
      assert.notEqual((await expect(ann.rest('POST', '/tasks', { title: 'x' }, key), 201)).body.id, body.id)
    })
  })

  it('[ID1] repeats the answer to a call with If-Match, although the call itself has raised the version', async () => {
    const [{ id }, key] = [await addTask(ann), fresh()]
    const headers = { ...key, 'if-match': '"1"' }
    const first = await expect(ann.rest('PATCH', `/tasks/${id}`, { title: 'x' }, headers), 200)
    assert.deepEqual((await expect(ann.rest('PATCH', `/tasks/${id}`, { title: 'x' }, headers), 200)).body, first.body)
  })

  it('[ID7] accepts a key of 255 characters', async () => {
    await expect(ann.rest('POST', '/tasks', { title: 'x' }, { 'idempotency-key': 'k'.repeat(255) }), 201)
  })

  for (const key of ['', 'k'.repeat(256), 'schlüssel']) {
    it(`[ID7] refuses the key "${key.slice(0, 10)}" of ${key.length} characters by name`, async () => {
      const answer = await ann.rest('POST', '/tasks', { title: 'x' }, { 'idempotency-key': key })
      refuses(answer, 'validation_error', ['Idempotency-Key'])
    })
  }

  it('[ID7] ignores the key of a read', async () => {
    const key = fresh()
    for (const path of ['/tasks', '/projects']) await expect(ann.rest('GET', path, undefined, key), 200)
  })
})

import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, addTask, masked, refuses } from '../suites/answers.ts'
import { eventsOf } from '../suites/event-log.ts'

describe('tasks', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  before(async () => {
    server = await startServer()
    ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
  })
  after(() => server.close())

  describe('for a stranger', () => {
    for (const [method, path, body] of [
      ['GET', '/tasks'],
      ['POST', '/tasks', { title: 'x' }],
      ['GET', '/tasks/1'],
      ['PATCH', '/tasks/1', { title: 'x' }],
      ['PUT', '/tasks/1', { title: 'x' }],
      ['DELETE', '/tasks/1'],
      ['POST', '/tasks/bulk-update', { task_ids: [1], updates: { status: 'done' } }],
      ['DELETE', '/tasks/bulk-delete', { task_ids: [1] }],
      ['POST', '/tasks/bulk-delete', { task_ids: [1] }],
    ] as const) {
      it(`[TK16] asks to sign in on ${method} ${path}`, async () => {
        refuses(await server.rest(method, path, body), 'unauthenticated')
      })
    }
  })

  describe('creating', () => {
    it('[TK1] needs only a title; everything else has a default', async () => {
      const { body, headers } = await expect(ann.rest('POST', '/tasks', { title: ' Hello ' }), 201)
      const { id, position, created_at, updated_at, ...rest } = body
      assert.deepEqual(rest, {
        title: ' Hello ',
        description: '',
        status: 'todo',
        priority: 'medium',
        category: null,
        project: null,
        project_id: null,
        assignee_id: null,
        due_date: null,
        version: 1,
        created_by: ann.person.id,
        updated_by: ann.person.id,
        completed_at: null,
      })
      assert.deepEqual([Number.isInteger(id), typeof position, created_at], [true, 'string', updated_at])
      assert.deepEqual([headers.get('location'), headers.get('etag')], [`/api/v1/tasks/${id}`, '"1"'])
    })

    it('[TK1] accepts every field, and returns times in UTC', async () => {
      const project = await addProject(ann)
      const fields = { description: 'd', status: 'review', priority: 'high', category: 'c', assignee_id: ann.person.id }
      const task = await addTask(ann, { ...fields, project: project.id, due_date: '2030-06-01T10:00:00.5+02:00' })
      assert.deepEqual(
        { ...task, ...fields, project: project.slug, project_id: project.id, due_date: '2030-06-01T08:00:00.500Z' },
        task,
      )
    })

    it('[TK1] keeps text to the byte, up to the longest that is allowed', async () => {
      const title = `<script>alert(1)</script> ' " \\ 🐙 ünï\u200d ${'x'.repeat(450)}`
      const task = await addTask(ann, { title, description: '😀'.repeat(25_000), category: "'; drop table tasks; --" })
      const { body } = await expect(ann.rest('GET', `/tasks/${task.id}`), 200)
      assert.deepEqual(body, task)
      assert.deepEqual([body.title, body.description.length], [title, 50_000])
    })

    it('[TK1] sets completed_at for a task that is created as done', async () => {
      const task = await addTask(ann, { status: 'done' })
      assert.equal(task.completed_at, task.created_at)
    })

    it('[TK4] sends an event with the task as it was answered', async () => {
      const project = await addProject(ann)
      let task: unknown
      const events = await eventsOf(server, async () => (task = await addTask(ann, { project: project.slug })))
      assert.deepEqual(
        events.map(({ event, scope, payload }) => ({ event, scope, payload })),
        [{ event: 'task_created', scope: `p${project.id}`, payload: { task, created_by: ann.person.id } }],
      )
    })

    it('[TK9] is refused on its field for a project that is unseen or does not exist, and leaves nothing', async () => {
      const project = await addProject(ann)
      const events = await eventsOf(server, async () => {
        for (const ref of [project.id, project.slug, 999_999, 'none'])
          refuses(await bob.rest('POST', '/tasks', { title: 'x', project: ref }), 'validation_error', ['project'])
      })
      assert.deepEqual(events, [])
      assert.equal((await ann.rest('GET', `/tasks?project=${project.slug}`)).body.count, 0)
    })

    it('[TK8] is forbidden in a project that the caller may only view', async () => {
      const project = await addProject(ann)
      await addMember(ann, project, bob, 'viewer')
      refuses(await bob.rest('POST', '/tasks', { title: 'x', project: project.id }), 'forbidden')
    })

    it('[TK10] is refused on its field for an assignee who could not read it or does not exist', async () => {
      const project = await addProject(ann)
      for (const assignee_id of [bob.person.id, 999_999])
        refuses(
          await ann.rest('POST', '/tasks', { title: 'x', project: project.id, assignee_id }),
          'validation_error',
          ['assignee_id'],
        )
    })

    it('[TK11] is a conflict in an archived project', async () => {
      const project = await addProject(ann)
      await expect(ann.rest('PATCH', `/projects/${project.id}`, { status: 'archived' }), 200)
      refuses(await ann.rest('POST', '/tasks', { title: 'x', project: project.id }), 'conflict')
    })
  })

  describe('reading a task', () => {
    it('[TK12] answers with the same bytes for an unseen task and for one that does not exist, except ids and time (attack 24)', async () => {
      const task = await addTask(ann, { project: (await addProject(ann)).id })
      for (const [method, body] of [['GET'], ['PATCH', { title: 'x' }], ['PUT', { title: 'x' }], ['DELETE']] as const) {
        const unseen = await bob.rest(method, `/tasks/${task.id}`, body)
        refuses(unseen, 'not_found')
        assert.deepEqual(masked(unseen), masked(await bob.rest(method, '/tasks/999999', body)))
      }
    })

    it('[TK12] is allowed to everybody who sees its project: members, and all when it is internal', async () => {
      const project = await addProject(ann, { visibility: 'internal' })
      const task = await addTask(ann, { project: project.id })
      assert.deepEqual((await expect(bob.rest('GET', `/tasks/${task.id}`), 200)).body, task)
      refuses(await bob.rest('PATCH', `/tasks/${task.id}`, { title: 'x' }), 'forbidden')
      refuses(await bob.rest('DELETE', `/tasks/${task.id}`), 'forbidden')
    })

    it('[TK12] is allowed to admins, as everything is', async () => {
      const task = await addTask(ann, { project: (await addProject(ann)).id })
      await expect(server.admin.rest('PATCH', `/tasks/${task.id}`, { title: 'seen to' }), 200)
      await expect(server.admin.rest('DELETE', `/tasks/${task.id}`), 204)
    })

    it('[TK6] returns the version as ETag, and does not send the task again to a client that has it', async () => {
      const { id } = await addTask(ann)
      for (const tags of ['"1"', 'W/"1"', '"7", "1"', '*']) {
        const { status, headers, body } = await ann.rest('GET', `/tasks/${id}`, undefined, { 'if-none-match': tags })
        assert.deepEqual([status, headers.get('etag'), body], [304, '"1"', ''])
      }
      const { headers } = await expect(ann.rest('GET', `/tasks/${id}`, undefined, { 'if-none-match': '"2"' }), 200)
      assert.equal(headers.get('etag'), '"1"')
    })

    for (const id of ['0', '-1', '1.5', 'abc', '01', '1e3', '99999999999999999', '%00', '1%20', "1'"]) {
      it(`[BI2] refuses the id ${id} by name`, async () => {
        refuses(await ann.rest('GET', `/tasks/${id}`), 'validation_error', ['id'])
      })
    }
  })

  describe('If-Match', () => {
    for (const [tags, status] of [
      ['"2"', 200],
      ['"1", "2"', 200],
      ['*', 200],
      ['"1"', 412],
      ['W/"2"', 412],
      ['2', 412],
      ['"x"', 412],
    ] as const) {
      it(`[TK6] answers ${status} to ${tags} on version 2`, async () => {
        const { id } = await addTask(ann)
        const { body: current } = await ann.rest('PATCH', `/tasks/${id}`, { title: 'two' })
        const answer = await ann.rest('PATCH', `/tasks/${id}`, { title: 'three' }, { 'if-match': tags })
        assert.equal(answer.status, status)
        if (status === 412) assert.deepEqual(answer.body.error.details, { current })
        assert.equal(answer.headers.get('etag'), status === 412 ? '"2"' : '"3"')
      })
    }

    it('[TK6] applies to PUT and DELETE too', async () => {
      const { id } = await addTask(ann)
      const stale = { 'if-match': '"9"' }
      refuses(await ann.rest('PUT', `/tasks/${id}`, { title: 'x' }, stale), 'version_conflict')
      refuses(await ann.rest('DELETE', `/tasks/${id}`, undefined, stale), 'version_conflict')
      await expect(ann.rest('DELETE', `/tasks/${id}`, undefined, { 'if-match': '"1"' }), 204)
    })
  })

  describe('PUT', () => {
    it('[TK2] sets every field; absent ones get their defaults', async () => {
      const project = await addProject(ann)
      const task = await addTask(ann, { description: 'd', status: 'done', category: 'c', project: project.id })
      const { body } = await expect(ann.rest('PUT', `/tasks/${task.id}`, { title: 'whole', priority: 'low' }), 200)
      assert.deepEqual(
        [body.title, body.description, body.status, body.priority, body.category, body.project, body.completed_at],
        ['whole', '', 'todo', 'low', null, null, null],
      )
      assert.deepEqual([body.version, body.position], [2, task.position])
    })

    it('[TK2] requires a title', async () => {
      const { id } = await addTask(ann)
      refuses(await ann.rest('PUT', `/tasks/${id}`, { status: 'done' }), 'validation_error', ['title'])
    })

    it('[TK3] changes nothing when the values are the same', async () => {
      const task = await addTask(ann, { category: 'c' })
      const events = await eventsOf(server, async () => {
        const { body } = await expect(ann.rest('PUT', `/tasks/${task.id}`, { title: task.title, category: 'c' }), 200)
        assert.deepEqual(body, task)
      })
      assert.deepEqual(events, [])
    })
  })

  describe('DELETE', () => {
    it('[TK15] answers nothing, reports the next version, and leaves nothing to find', async () => {
      const { id } = await addTask(ann)
      const headers = { 'x-mutation-id': 'gone' }
      const [event, ...more] = await eventsOf(server, async () => {
        const { body } = await expect(ann.rest('DELETE', `/tasks/${id}`, undefined, headers), 204)
        assert.equal(body, '')
      })
      assert.deepEqual([event!.event, event!.mutation_id, more], ['task_deleted', 'gone', []])
      assert.deepEqual(event!.payload, { task_id: id, version: 2, deleted_by: ann.person.id })
      refuses(await ann.rest('GET', `/tasks/${id}`), 'not_found')
      refuses(await ann.rest('DELETE', `/tasks/${id}`), 'not_found')
    })

    it('[TK15] succeeds once for ten simultaneous calls, with one event', async () => {
      const { id } = await addTask(ann)
      const events = await eventsOf(server, async () => {
        const answers = await Promise.all(Array.from({ length: 10 }, () => ann.rest('DELETE', `/tasks/${id}`)))
        assert.deepEqual(answers.map(({ status }) => status).sort(), [204, ...Array.from({ length: 9 }, () => 404)])
      })
      assert.equal(events.length, 1)
    })
  })

  for (const id of ['x'.repeat(256), 'naïve'.normalize('NFC')]) {
    it(`[BI3] refuses X-Mutation-Id "${id.slice(0, 8)}…" of ${id.length} characters by name`, async () => {
      const answer = await ann.rest('POST', '/tasks', { title: 'x' }, { 'x-mutation-id': id })
      refuses(answer, 'validation_error', ['X-Mutation-Id'])
    })
  }
})

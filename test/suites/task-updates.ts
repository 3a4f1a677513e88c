import assert from 'node:assert/strict'
import type { APIError, Task } from '../../contract/index.ts'
import { type Client, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, addTask } from './answers.ts'
import { eventsOf } from './event-log.ts'

export interface Call {
  version?: number
  mutationId?: string
  key?: string
}

/** One way to change a task: PATCH over REST, `task_update` over a socket. */
export interface Door {
  update(client: Client, id: number, updates: unknown, call?: Call): Promise<{ task?: Task; error?: APIError['error'] }>
  /** The name of a field of the updates in errors. */
  field(name: string): string
}

/** What changing a task promises, over REST and over a socket. */
export function describeTaskUpdates(name: string, door: Door): void {
  describe(`changing a task by ${name}`, () => {
    let server: TestServer
    let ann: Client
    let bob: Client
    let project: any
    let shared: any
    before(async () => {
      server = await startServer()
      ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
      project = await addProject(ann)
      shared = await addProject(ann)
      await addMember(ann, shared, bob, 'viewer')
    })
    after(() => server.close())

    const change = async (client: Client, id: number, updates: object, call?: Call): Promise<Task> => {
      const { task, error } = await door.update(client, id, updates, call)
      assert.ok(task, JSON.stringify(error))
      return task
    }
    const refused = async (client: Client, id: number, updates: unknown, code: string, fields?: string[]) => {
      const before = (await server.admin.rest('GET', `/tasks/${id}`)).body
      const { error } = await door.update(client, id, updates)
      assert.equal(error?.code, code, JSON.stringify(error))
      if (fields) assert.deepEqual(Object.keys(error?.field_errors ?? {}), fields.map(door.field))
      const after = (await server.admin.rest('GET', `/tasks/${id}`)).body
      assert.deepEqual({ ...after, timestamp: 0, request_id: 0 }, { ...before, timestamp: 0, request_id: 0 })
    }

    it('[TK12] answers somebody who cannot see the task as if it did not exist', async () => {
      const task = await addTask(ann, { project: project.slug })
      const [unseen, none] = await Promise.all(
        [task.id, 999_999].map(async id => (await door.update(bob, id, { title: 'mine' })).error),
      )
      assert.equal(unseen?.code, 'not_found')
      assert.deepEqual(unseen, none)
      await refused(bob, task.id, { title: 'mine' }, 'not_found')
    })

    it('[TK12] refuses somebody who sees the task but may not change it as forbidden', async () => {
      const task = await addTask(ann, { project: shared.id })
      await refused(bob, task.id, { title: 'mine' }, 'forbidden')
    })

    it('[TK16] lets everybody who is signed in change a task without a project', async () => {
      const task = await addTask(ann)
      const changed = await change(bob, task.id, { title: 'better' })
      assert.deepEqual(
        [changed.title, changed.created_by, changed.updated_by],
        ['better', ann.person.id, bob.person.id],
      )
    })

    it('[TK2] changes only the given fields', async () => {
      const task = await addTask(ann, { description: 'd', category: 'c', due_date: '2030-01-02T03:04:05.678Z' })
      const { version, updated_at, ...rest } = await change(ann, task.id, { priority: 'urgent' })
      const { version: _, updated_at: earlier, ...before } = task
      assert.deepEqual(rest, { ...before, priority: 'urgent' })
      assert.deepEqual([version, updated_at >= earlier], [2, true])
    })

    it('[TK2] clears fields with null', async () => {
      const fields = {
        category: 'c',
        due_date: '2030-01-01T00:00:00Z',
        assignee_id: ann.person.id,
        project: project.id,
      }
      const task = await addTask(ann, fields)
      const cleared = { category: null, due_date: null, assignee_id: null, project: null }
      assert.equal((await change(ann, task.id, cleared)).project_id, null)
      const { body } = await ann.rest('GET', `/tasks/${task.id}`)
      assert.deepEqual([body.category, body.due_date, body.assignee_id, body.project], [null, null, null, null])
    })

    it('[TK2] refuses null where a value is required', async () => {
      const task = await addTask(ann)
      for (const field of ['title', 'description', 'status', 'priority', 'before_id'])
        await refused(ann, task.id, { [field]: null }, 'validation_error', [field])
    })

    it('[TK4] raises the version by exactly one with each change', async () => {
      const task = await addTask(ann)
      const versions = []
      for (const title of ['a', 'b', 'c'])
        versions.push((await change(ann, task.id, { title, status: 'review' })).version)
      assert.deepEqual(versions, [2, 3, 4])
    })

    it('[TK4] makes twenty versions and events of twenty simultaneous changes, in the same order', async () => {
      const task = await addTask(ann)
      const events = await eventsOf(server, () =>
        Promise.all(Array.from({ length: 20 }, (_, n) => change(ann, task.id, { title: `title ${n}` }))),
      )
      assert.deepEqual(
        events.map(({ payload }) => payload.task.version),
        Array.from({ length: 20 }, (_, n) => n + 2),
      )
    })

    it('[TK4] sends one event with the task as answered, who changed it, and what changed', async () => {
      const task = await addTask(ann, { project: project.id })
      let answer: unknown
      const work = async () =>
        (answer = await change(ann, task.id, { title: 'new', status: 'done' }, { mutationId: 'm 1' }))
      const [event, ...more] = await eventsOf(server, work)
      assert.deepEqual(more, [])
      const { changed, ...payload } = event!.payload
      assert.deepEqual([event!.event, event!.scope, event!.mutation_id], ['task_updated', `p${project.id}`, 'm 1'])
      assert.deepEqual(payload, { task_id: task.id, task: answer, updated_by: ann.person.id })
      assert.deepEqual(changed.sort(), ['completed_at', 'status', 'title'])
    })

    it('[TK3] makes no version and no event when nothing changes', async () => {
      const task = await addTask(ann, { category: 'c', project: project.id, due_date: '2030-01-01T00:00:00Z' })
      const same = { title: task.title, category: 'c', project: project.slug, due_date: '2030-01-01T02:00:00+02:00' }
      const events = await eventsOf(server, async () => assert.deepEqual(await change(ann, task.id, same), task))
      assert.deepEqual(events, [])
      assert.deepEqual(await change(ann, task.id, {}), task)
    })

    it('[TK5] sets completed_at with done, keeps it while the task is done, and clears it with any other status', async () => {
      const task = await addTask(ann)
      const done = await change(ann, task.id, { status: 'done' })
      assert.equal(done.completed_at, done.updated_at)
      assert.equal((await change(ann, task.id, { title: 'still' })).completed_at, done.completed_at)
      for (const status of ['cancelled', 'todo'])
        assert.equal((await change(ann, task.id, { status })).completed_at, null)
    })

    it('[TK6] refuses a stale version with the present state, and changes nothing', async () => {
      const task = await addTask(ann, { project: project.id })
      const current = await change(ann, task.id, { title: 'second' }, { version: 1 })
      const events = await eventsOf(server, async () => {
        const { error } = await door.update(ann, task.id, { title: 'lost' }, { version: 1 })
        assert.deepEqual([error?.code, error?.details], ['version_conflict', { current }])
      })
      assert.deepEqual(events, [])
    })

    it('[TK6] accepts one of ten changes that expect the same version', async () => {
      const task = await addTask(ann)
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) => door.update(ann, task.id, { title: `${n}` }, { version: 1 })),
      )
      assert.deepEqual(answers.map(({ error }) => error?.code ?? 'ok').sort(), [
        'ok',
        ...Array.from({ length: 9 }, () => 'version_conflict'),
      ])
    })

    it('[TK8] reports a move to the old project as a removal and to the new one as an update, in one command', async () => {
      const [from, to] = [await addProject(ann), await addProject(ann)]
      const task = await addTask(ann, { project: from.id })
      let moved: any
      const events = await eventsOf(server, async () => (moved = await change(ann, task.id, { project: to.slug })))
      assert.deepEqual(
        events.map(({ event, scope }) => [event, scope]),
        [
          ['task_removed', `p${from.id}`],
          ['task_updated', `p${to.id}`],
        ],
      )
      assert.deepEqual(events[0]!.payload, {
        task_id: task.id,
        version: 2,
        project_id: from.id,
        moved_by: ann.person.id,
      })
      assert.deepEqual([events[1]!.payload.changed, moved.project], [['project', 'project_id'], to.slug])
    })

    it('[TK8] requires the right to edit in both projects of a move', async () => {
      const mine = await addTask(bob, { project: (await addProject(bob)).id })
      const theirs = await addTask(ann, { project: shared.id })
      await refused(bob, mine.id, { project: shared.id }, 'forbidden')
      await refused(bob, theirs.id, { project: null }, 'forbidden')
    })

    it('[TK9] refuses a project that is unseen or does not exist on the field, with the same answer', async () => {
      const task = await addTask(bob)
      for (const ref of [project.id, project.slug, 999_999, 'no-such-thing', '9'.repeat(80), '\u0000'])
        await refused(bob, task.id, { project: ref }, 'validation_error', ['project'])
      const errors = await Promise.all(
        [project.slug, 'none'].map(async ref => (await door.update(bob, task.id, { project: ref })).error),
      )
      assert.deepEqual(errors[0], errors[1])
    })

    it('[TK10] refuses an assignee who cannot read the task', async () => {
      const task = await addTask(ann, { project: project.id })
      for (const assignee_id of [bob.person.id, 999_999])
        await refused(ann, task.id, { assignee_id }, 'validation_error', ['assignee_id'])
      assert.equal((await change(ann, task.id, { assignee_id: server.admin.person.id })).version, 2)
    })

    it('[TK10] refuses to move a task to where its assignee cannot read it', async () => {
      const task = await addTask(ann, { project: shared.id, assignee_id: bob.person.id })
      await refused(ann, task.id, { project: project.id }, 'validation_error', ['project'])
      await refused(ann, task.id, { project: project.id, assignee_id: bob.person.id }, 'validation_error', [
        'assignee_id',
      ])
      assert.equal((await change(ann, task.id, { project: project.id, assignee_id: null })).project_id, project.id)
    })

    it('[TK11] refuses changes in an archived project, and moves into it and out of it', async () => {
      const old = await addProject(ann)
      const [inside, outside] = [await addTask(ann, { project: old.id }), await addTask(ann)]
      await ann.rest('PATCH', `/projects/${old.id}`, { status: 'archived' })
      await refused(ann, inside.id, { title: 'new' }, 'conflict')
      await refused(ann, inside.id, { project: null }, 'conflict')
      await refused(ann, outside.id, { project: old.slug }, 'conflict')
      assert.equal((await ann.rest('GET', `/tasks/${inside.id}`)).status, 200)
    })

    const bad = {
      title: ['', ' \n', 'x'.repeat(501), 5, 'a\u0000', '\ud800'],
      description: ['x'.repeat(50_001), 1],
      status: ['Done', ''],
      priority: ['highest', 1],
      category: ['', 'x'.repeat(101), []],
      project: ['', 1.5, true, 0, -1],
      assignee_id: ['1', 0, 1.5, 2 ** 53],
      due_date: [
        '2030-01-01',
        '2030-01-01T00:00:00',
        'tomorrow',
        5,
        '0001-01-01T00:00:00+12:00',
        '2030-02-30T00:00:00Z',
      ],
      after_id: [0, '1', 999_999],
      id: [1],
      position: [1],
      version: [1],
      created_by: [1],
      project_id: [1],
    }
    for (const [field, values] of Object.entries(bad)) {
      it(`[BI1] refuses a bad ${field} by name, and changes nothing`, async () => {
        const task = await addTask(ann)
        for (const value of values) await refused(ann, task.id, { [field]: value }, 'validation_error', [field])
      })
    }

    it('[BI1] names all bad fields at once', async () => {
      const task = await addTask(ann)
      await refused(ann, task.id, { title: '', status: 'x', colour: 'red' }, 'validation_error', [
        'title',
        'status',
        'colour',
      ])
    })

    it('[ID1] repeats the answer for the same key, and runs the call once', async () => {
      const task = await addTask(ann)
      const events = await eventsOf(server, async () => {
        const first = await change(ann, task.id, { title: 'once' }, { key: 'k' })
        assert.deepEqual(await change(ann, task.id, { title: 'once' }, { key: 'k' }), first)
      })
      assert.equal(events.length, 1)
    })

    it('[ID2] refuses the same key with other updates', async () => {
      const task = await addTask(ann)
      await change(ann, task.id, { title: 'once' }, { key: 'k' })
      const { error } = await door.update(ann, task.id, { title: 'twice' }, { key: 'k' })
      assert.equal(error?.code, 'idempotency_key_reused')
    })
  })
}

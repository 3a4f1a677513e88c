import assert from 'node:assert/strict'
import type { Task } from '../../contract/index.ts'
import { eventually } from '../support/eventually.ts'
import { recordEvents } from '../support/recorder.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addTask } from '../suites/answers.ts'
import { position } from '../suites/event-log.ts'
import { join } from '../suites/sockets.ts'

/** The form of the release before: a new task's position is its id times 1024. */
const numbered = (json: string, path: string) =>
  `jsonb_set(${json}::jsonb, '{${path}}', to_jsonb((${json}::jsonb #>> '{${path.replace('position', 'id')}}')::int * 1024))`

describe('positions that the release before wrote as numbers', () => {
  let server: TestServer
  let ann: Client
  let task: Task
  before(async () => {
    server = await startServer({ tuning: { recentEvents: 0 } })
    ann = await server.user('ann')
    task = await addTask(ann)
    await expect(ann.rest('PATCH', `/tasks/${task.id}`, { title: 'new' }), 200)
    await expect(ann.rest('POST', '/tasks/bulk-update', { task_ids: [task.id], updates: { status: 'done' } }), 200)
    await position(server)
    await server.query(`update event_log set payload = ${numbered('payload', 'task,position')}::json`)
  })
  after(() => server.close())

  const keys = [0, 1, 2]
  const isWithKeys = (tasks: Task[]) =>
    assert.deepEqual(
      tasks.map(each => each.position),
      keys.map(() => task.position),
    )

  it('[TK19] returns keys from GET /events', async () => {
    const { body } = await expect(ann.rest('GET', '/events?room=tasks&since=0'), 200)
    isWithKeys(body.results.map(({ payload }: any) => payload.task))
  })

  for (const bulk of [false, true]) {
    it(`[TK19] replays keys over a socket${bulk ? ', also in a bulk message' : ''}`, async () => {
      const socket = await ann.socket({ bulk })
      const seen = recordEvents(socket)
      await join(socket, ['tasks'], { since: 0 })
      await eventually(() => isWithKeys(seen.flatMap(({ payload }) => payload.tasks ?? [payload.task])))
      assert.equal(seen.at(-1)?.name, bulk ? 'tasks_bulk_updated' : 'task_updated')
    })
  }

  it('[TK19] sends an event that an instance of the release before writes live with a key', async () => {
    const socket = await ann.socket()
    const seen = recordEvents(socket)
    await join(socket, ['tasks'])
    await server.query(
      `insert into outbox (at, mutation_id, bulk, names, scopes, payloads, reaches)
      select at, null, false, array[event], array[scope], array[payload::text], array[reach::text]
      from event_log where event = 'task_updated' and not bulk`,
    )
    // Any other change makes the server notice it.
    await addTask(ann)
    await eventually(() => assert.equal(seen[0]?.payload.task.position, task.position))
  })

  it('[TK19] returns a kept answer with a key', async () => {
    const key = { 'idempotency-key': 'one' }
    const call = () => expect(ann.rest('POST', '/tasks', { title: 'x' }, key), 201)
    const { body } = await call()
    await server.query(`update idempotency_keys set answer = ${numbered('answer', 'position')}::json`)
    assert.deepEqual((await call()).body, body)
  })
})

import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import { recordEvents } from '../support/recorder.ts'
import { startServer, type TestServer } from '../support/server.ts'

describe('live events', () => {
  let server: TestServer
  before(async () => void (server = await startServer()))
  after(() => server.close())

  it('[RT1] sends a change over REST to another client in the room', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')]
    const socket = await bob.socket()
    const seen = recordEvents(socket)
    const joined = await socket.emitWithAck('join_room', { room: 'tasks' })
    assert.equal(joined.ok, true)

    const { body: task } = await ann.rest('POST', '/tasks', { title: 'Hello' }, { 'x-mutation-id': 'm1' })

    const [event] = await eventually(() => (assert.equal(seen.length, 1), seen))
    assert.equal(event!.name, 'task_created')
    assert.deepEqual(event!.payload.task, task)
    assert.equal(event!.payload.created_by, ann.person.id)
    assert.equal(event!.payload.mutation_id, 'm1')
    assert.equal(event!.payload.offset > joined.offset, true)
  })

  it('[RT2] sends a resuming socket exactly what it missed, after the answer', async () => {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')]
    const first = await bob.socket()
    const { offset, epoch } = await first.emitWithAck('join_room', { room: 'tasks' })
    first.disconnect()
    for (const title of ['one', 'two', 'three']) await ann.rest('POST', '/tasks', { title })

    const second = await bob.socket()
    const seen = recordEvents(second)
    const joined = await second.emitWithAck('join_room', { rooms: ['tasks'], since: offset, epoch })
    await ann.rest('POST', '/tasks', { title: 'four' })

    assert.equal(joined.recovered, true, JSON.stringify(joined))
    await eventually(() =>
      assert.deepEqual(
        seen.map(({ payload }) => payload.task.title),
        ['one', 'two', 'three', 'four'],
      ),
    )
  })
})

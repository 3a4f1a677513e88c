import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Socket } from 'socket.io-client'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addTask } from '../suites/answers.ts'
import { growLog, position } from '../suites/event-log.ts'
import { join, listen } from '../suites/sockets.ts'

describe('reading a long part of the log', function () {
  this.timeout(120_000)
  let server: TestServer
  let ann: Client
  let example: object
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
    example = await addTask(ann)
    // The partitions of the log exist after the first sequencing.
    await eventually(async () => assert.ok((await position(server)) > 0))
  })
  after(() => server.close())

  const grow = (events: number, bytes: number) => growLog(server, ann, { example, events, bytes })
  const connection = (socket: Socket) =>
    (socket.io.engine.transport as unknown as { ws: Record<string, () => void> }).ws
  const numbers = (length: number) => Array.from({ length }, (_, n) => n + 1)

  it('[RS6] returns short pages of large events, which together are complete', async () => {
    let since = await grow(30, 400_000)
    const ids: number[] = []
    for (let pages = 1; ; pages++) {
      const { body } = await expect(ann.rest('GET', `/events?room=tasks&since=${since}&limit=1000`), 200)
      assert.ok(JSON.stringify(body).length < 5_000_000)
      ids.push(...body.results.map(({ payload }: any) => payload.task.id))
      since = body.next_since
      if (!body.complete) continue
      assert.ok(pages > 2)
      break
    }
    assert.deepEqual(ids, numbers(30))
  })

  it('[RS6] returns one event whatever its size', async () => {
    const since = await grow(2, 6_000_000)
    const { body } = await expect(ann.rest('GET', `/events?room=tasks&since=${since}`), 200)
    assert.deepEqual([body.results.length, body.complete], [1, false])
  })

  it('[RS7] sends everything in order to a slow connection, and then live events', async () => {
    const since = await grow(40, 300_000)
    const { socket, of } = await listen(ann)
    await join(socket, ['tasks'], { since })
    connection(socket)['pause']!()
    await sleep(1_000)
    connection(socket)['resume']!()
    const { id } = await addTask(ann)
    await eventually(() =>
      assert.deepEqual(
        of('task_created').map(({ task }) => task.id),
        [...numbers(40), id],
      ),
    )
  })

  it('[RS7] closes a connection that takes nothing, and queues nothing for it', async () => {
    const since = await grow(100, 400_000)
    const { socket, of } = await listen(ann)
    const closed = new Promise(resolve => socket.once('disconnect', resolve))
    await join(socket, ['tasks'], { since })
    const connections = async () =>
      (await server.rest('GET', '/health/detailed')).body.components.sockets.connections as number
    const before = await connections()
    connection(socket)['pause']!()
    // Sooner than a connection is closed that answers no heartbeat.
    await eventually(async () => assert.ok((await connections()) < before), { within: 10_000 })
    connection(socket)['resume']!()
    assert.equal(await closed, 'transport close')
    const got = of('task_created').map(({ task }) => task.id)
    assert.ok(got.length < 100)
    assert.deepEqual(got, numbers(got.length))
  })
})

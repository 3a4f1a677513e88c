import assert from 'node:assert/strict'
import type { Socket } from 'socket.io-client'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addTask } from '../suites/answers.ts'
import { position } from '../suites/event-log.ts'
import { join, listen } from '../suites/sockets.ts'

describe('a socket that cannot keep up', function () {
  this.timeout(120_000)
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
  })
  after(() => server.close())

  const connection = (socket: Socket) =>
    (socket.io.engine.transport as unknown as { ws: Record<string, () => void> }).ws
  const behind = async () => (await server.rest('GET', '/health/detailed')).body.components.sockets.behind as number
  const description = 'x'.repeat(40_000)

  /** Writes large tasks until the server has noticed that somebody does not take them. */
  const writeUntilBehind = async (): Promise<number[]> => {
    const ids: number[] = []
    while ((await behind()) === 0) {
      assert.ok(ids.length < 2_000, 'nobody is behind')
      const made = await Promise.all(Array.from({ length: 5 }, () => addTask(ann, { description })))
      ids.push(...made.map(({ id }) => id))
      await position(server)
    }
    return ids
  }

  it('[RS8] is served from the log as it reads, and then live again, with everything in order', async () => {
    const slow = await listen(ann)
    const other = await listen(ann)
    const since = (await join(slow.socket, ['tasks'])).offset
    await join(other.socket, ['tasks'])
    connection(slow.socket)['pause']!()
    const count = (await writeUntilBehind()).length
    // Written while the socket is behind: it will be read from the log and not queued.
    await addTask(ann)
    connection(slow.socket)['resume']!()
    await eventually(async () => assert.equal(await behind(), 0), { within: 20_000 })
    const last = await addTask(ann)
    const offsets = (of: typeof slow.of) => of('task_created').map(({ offset }) => offset)
    await eventually(() => assert.equal(slow.of('task_created').at(-1)?.task.id, last.id), { within: 20_000 })
    assert.equal(offsets(slow.of).length, count + 2)
    assert.deepEqual(offsets(slow.of), offsets(other.of))
    assert.ok(offsets(slow.of)[0] > since)
    for (const { socket } of [slow, other]) socket.disconnect()
  })

  it('[RS9] is closed when it takes nothing for a while, and resumes without a gap', async () => {
    const stuck = await listen(ann)
    const { offset: since, epoch } = await join(stuck.socket, ['tasks'])
    connection(stuck.socket)['pause']!()
    await writeUntilBehind()
    await eventually(async () => assert.equal(await behind(), 0), { within: 20_000 })
    connection(stuck.socket)['resume']!()
    await eventually(() => assert.equal(stuck.socket.connected, false))
    const got = stuck.of('task_created').map(({ offset }) => offset)

    const next = await listen(ann)
    await join(next.socket, ['tasks'], { since: got.at(-1) ?? since, epoch })
    const { body } = await expect(ann.rest('GET', `/events?room=tasks&since=${since}&limit=1000`), 200)
    const all = body.results.map(({ offset }: any) => offset)
    await eventually(
      () =>
        assert.deepEqual([...got, ...next.of('task_created').map(({ offset }) => offset)].slice(0, all.length), all),
      { within: 20_000 },
    )
  })
})

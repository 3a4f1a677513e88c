import assert from 'node:assert/strict'
import { eventually } from '../support/eventually.ts'
import { type Client, startServer, type TestServer } from '../support/server.ts'
import { addTask } from '../suites/answers.ts'
import { rawSocket } from '../suites/raw-socket.ts'
import { join, listen } from '../suites/sockets.ts'

describe('unread answers to calls', function () {
  this.timeout(120_000)
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
  })
  after(() => server.close())

  const connections = async () => (await server.rest('GET', '/health/detailed')).body.components.sockets.connections

  it('[TU11] stop the server from reading that connection, which is closed when it takes nothing', async () => {
    const witness = await listen(await server.user('witness'))
    await join(witness.socket, ['projects'])
    // A few dozen answers of this size fill the buffers of the kernel.
    const { id } = await addTask(ann, { description: '€'.repeat(50_000) })
    const version = async () => (await ann.rest('GET', `/tasks/${id}`)).body.version as number
    const attacker = await rawSocket(server.url, ann.token)
    attacker.pause()
    const before = await connections()
    let served = await version()
    for (let sent = 0; sent < 400; sent++) {
      attacker.send(`42${sent}["task_update",{"task_id":${id},"updates":{"title":"${sent}"}}]`)
      const now = await eventually(
        async () => {
          const [is, left] = [await version(), await connections()]
          assert.ok(is > served || left < before)
          return is
        },
        { within: 20_000 },
      )
      if (now === served) break
      served = now
    }
    assert.ok(served < 350, String(served))
    await eventually(async () => assert.equal(await connections(), before - 1))
    attacker.resume()
    await eventually(() => assert.equal(attacker.isClosed(), true))
    assert.equal((await witness.socket.emitWithAck('leave_room', { room: 'x' })).ok, true)
  })

  it('[TU11] are all delivered when the connection takes them after a while, and it is read again', async () => {
    const { id } = await addTask(ann, { description: '€'.repeat(50_000) })
    const slow = await rawSocket(server.url, ann.token)
    slow.pause()
    for (let nth = 1; nth <= 26; nth++)
      slow.send(`42${nth}["task_update",{"task_id":${id},"updates":{"title":"${nth}"}}]`)
    const version = async () => (await ann.rest('GET', `/tasks/${id}`)).body.version as number
    await eventually(async () => assert.ok((await version()) > 2))
    slow.resume()
    for (const nth of [1, 13, 26]) assert.match(await slow.until(`43${nth}[`, 30_000), /"ok":true/)
    slow.close()
  })
})

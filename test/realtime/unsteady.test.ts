import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { WebSocket } from 'ws'
import { openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { waitingForLocks } from '../support/lock-waits.ts'
import { startServer, type Client, type TestServer } from '../support/server.ts'

describe('connections that break, and a server that stops', () => {
  let server: TestServer
  before(async () => void (server = await startServer()))
  after(() => server.close())

  /** A connection at the lowest level of the protocol, so that it can end where no client library would end it. */
  const open = async (client: Client): Promise<WebSocket> => {
    const ws = new WebSocket(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
    // A test that has run out of time may still open one while the server stops.
    ws.on('error', () => {})
    await once(ws, 'message')
    ws.send(`40${JSON.stringify({ token: client.token })}`)
    return ws
  }
  const connections = async () => (await server.rest('GET', '/health/detailed')).body.components.sockets.connections

  it('[US1] does not count a connection that broke during the handshake', async () => {
    const ann = await server.user('ann')
    const opened: WebSocket[] = []
    const holder = await openConnection(server.databaseUrl)
    await holder.query('begin; lock table sessions in access exclusive mode')

    // The look-up of a session is kept for a second; after that a handshake has to wait for the lock.
    await eventually(async () => {
      opened.push(await open(ann))
      const waiting = await waitingForLocks(server)
      assert.ok(waiting.some(({ query }) => /^\s*select/i.test(query)))
    })
    for (const connection of opened) connection.terminate()
    // The server runs in this process: once it has answered these, it has noticed the closed connections.
    for (let n = 0; n < 5; n++) await server.rest('GET', '/health/live')
    await holder.end()

    await eventually(async () => assert.equal(await connections(), 0))
  })

  it('[US2] leaves nobody in the room who disconnects while resuming', async () => {
    const bob = await server.user('bob')
    for (let n = 0; n < 15; n++) {
      const ws = await open(bob)
      await new Promise(resolve => ws.once('message', resolve))
      ws.send('420["join_room",{"room":"tasks","since":0}]')
      await new Promise(resolve => setImmediate(resolve))
      ws.close()
    }

    await eventually(
      async () => {
        const { body } = await server.admin.rest('GET', '/rooms/tasks/members')
        assert.deepEqual(body.results, [])
      },
      { within: 15_000 },
    )
  })

  it('[US3] stops without waiting for a silent connection', async () => {
    const other = await startServer()
    const silent = net.connect(Number(new URL(other.url).port), '127.0.0.1')
    await new Promise(resolve => silent.once('connect', resolve))
    await other.rest('GET', '/health/live')
    const gone = new Promise(resolve => silent.once('close', resolve))

    await other.close()
    await gone
  })

  it('[BT12] gives each socket a time to leave when it stops, and closes it then', async () => {
    const other = await startServer()
    const delays: number[] = []
    const closed: Promise<string>[] = []
    for (let nth = 0; nth < 10; nth++) {
      const socket = await other.admin.socket({}, fresh => {
        fresh.on('draining', ({ retry_in_ms }) => delays.push(retry_in_ms))
      })
      closed.push(new Promise(resolve => socket.once('disconnect', resolve)))
    }
    await other.stop()

    assert.deepEqual(new Set(await Promise.all(closed)), new Set(['transport close']))
    assert.equal(delays.length, 10)
    assert.ok(new Set(delays).size > 5, 'each at a time of its own')
    await other.close()
  })
})

import assert from 'node:assert/strict'
import net from 'node:net'
import pg from 'pg'
import { WebSocket } from 'ws'
import { eventually } from '../support/eventually.ts'
import { startServer, type Client, type TestServer } from '../support/server.ts'

describe('connections that do not keep still', () => {
  let server: TestServer
  before(async () => void (server = await startServer()))
  after(() => server.close())

  /** A connection at the protocol's lowest level, so that it can end where no client library would. */
  const open = async (client: Client): Promise<WebSocket> => {
    const ws = new WebSocket(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
    await new Promise(resolve => ws.once('message', resolve))
    ws.send(`40${JSON.stringify({ token: client.token })}`)
    return ws
  }
  const connections = async () => (await server.rest('GET', '/health/detailed')).body.components.sockets.connections

  it('[US1] a line that breaks during the handshake is not counted afterwards', async () => {
    const ann = await server.user('ann')
    const lines: WebSocket[] = []
    const holding = new pg.Client({ connectionString: server.databaseUrl })
    await holding.connect()
    await holding.query('begin; lock table sessions in access exclusive mode')

    // What is known of a session is remembered for a second; after that somebody has to wait for the lock.
    await eventually(async () => {
      lines.push(await open(ann))
      const { rows } = await holding.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ~* '^\\s*select'`,
      )
      assert.equal(rows.length, 1)
    })
    for (const line of lines) line.terminate()
    // The server runs in this process: by the time it has answered these it has seen the lines end.
    for (let n = 0; n < 5; n++) await server.rest('GET', '/health/live')
    await holding.end()

    await eventually(async () => assert.equal(await connections(), 0))
  })

  it('[US2] who goes while resuming leaves no ghost in the room', async () => {
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

  it('[US3] a server that is asked to stop does not wait for a line that says nothing', async () => {
    const other = await startServer()
    const silent = net.connect(Number(new URL(other.url).port), '127.0.0.1')
    await new Promise(resolve => silent.once('connect', resolve))
    await other.rest('GET', '/health/live')
    const gone = new Promise(resolve => silent.once('close', resolve))

    await other.close()
    await gone
  })

  it('[BT12] a server that stops tells each socket when to go, and closes it then', async () => {
    const other = await startServer()
    const heard: number[] = []
    const closed: Promise<string>[] = []
    for (let nth = 0; nth < 10; nth++) {
      const socket = await other.admin.socket({}, fresh => {
        fresh.on('draining', ({ retry_in_ms }) => heard.push(retry_in_ms))
      })
      closed.push(new Promise(resolve => socket.once('disconnect', resolve)))
    }
    await other.stop()

    assert.deepEqual(new Set(await Promise.all(closed)), new Set(['transport close']))
    assert.equal(heard.length, 10)
    assert.ok(new Set(heard).size > 5, 'each at a time of its own')
    await other.close()
  })
})

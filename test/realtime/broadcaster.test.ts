import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { io as connect, type Socket } from 'socket.io-client'
import { createBroadcaster } from '../../server/faces/socket/broadcaster.ts'
import { createSocketServer } from '../../server/faces/socket/index.ts'

describe('the broadcaster', () => {
  const http = createServer()
  const io = createSocketServer()
  let client: Socket

  before(async () => {
    io.attach(http)
    io.on('connection', socket => void socket.join('room'))
    await once(http.listen(0, '127.0.0.1'), 'listening')
    const { port } = http.address() as AddressInfo
    client = connect(`http://127.0.0.1:${port}`, { transports: ['websocket'], forceNew: true })
    await new Promise<void>(resolve => client.once('connect', resolve))
  })
  after(async () => {
    client.disconnect()
    await io.close()
  })

  it('[TU25] keeps no socket that got a signal, because nothing may follow in the log', async () => {
    const broadcaster = createBroadcaster(io, { direct: false })
    const got = new Promise(resolve => client.once('presence_count', resolve))
    broadcaster.signal('room', 'presence_count', { room: 'r', count: 501 })
    assert.deepEqual(await got, { room: 'r', count: 501 })
    assert.deepEqual([...broadcaster.takeQueued()], [])
  })
})

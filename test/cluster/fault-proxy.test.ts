import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts'

describe('the proxy for fault tests', () => {
  let server: Server
  let proxy: FaultProxy
  let client: Socket
  let heard = ''
  let failure: string | undefined
  /** The server's end. */
  let far: Socket
  beforeEach(async () => {
    server = createServer(socket => void (far = socket.on('data', data => socket.write(data)).on('error', () => {})))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    proxy = await startFaultProxy((server.address() as { port: number }).port)
    ;[heard, failure] = ['', undefined]
    client = connect(proxy.port, '127.0.0.1')
    client.on('data', data => (heard += data)).on('error', (error: NodeJS.ErrnoException) => (failure = error.code))
    await send('hello')
  })
  afterEach(async () => {
    client.destroy()
    await proxy.close()
    server.close()
    await once(server, 'close')
  })

  async function send(text: string) {
    client.write(text)
    await eventually(() => assert.ok(heard.endsWith(text)))
  }

  it('[FT0] resets open connections on cut, and accepts new ones', async () => {
    proxy.cut()
    await eventually(() => assert.equal(failure, 'ECONNRESET'))
    assert.equal(proxy.connections, 0)
    client = connect(proxy.port, '127.0.0.1').on('data', data => (heard += data))
    await send('again')
  })

  it('[FT0] passes nothing on while paused, not even the end of a connection, and everything afterwards', async () => {
    proxy.pause()
    client.write('first ')
    far.end('last')
    await sleep(200)
    assert.deepEqual([heard, client.readyState], ['hello', 'open'])
    proxy.resume()
    await eventually(() => assert.ok(heard.endsWith('last') && client.readyState !== 'open'))
  })

  it('[FT0] refuses connections until it is restored', async () => {
    await proxy.refuse()
    const refused = connect(proxy.port, '127.0.0.1')
    const [error] = await once(refused, 'error')
    assert.deepEqual([error.code, failure], ['ECONNREFUSED', 'ECONNRESET'])
    await proxy.restore()
    client = connect(proxy.port, '127.0.0.1').on('data', data => (heard += data))
    await send('again')
  })

  it('[FT0] delays both directions, and limits the bytes per second', async () => {
    proxy.delay(100)
    let began = performance.now()
    await send('late')
    assert.ok(performance.now() - began >= 190)
    proxy.delay(0)
    proxy.throttle(10_000)
    began = performance.now()
    await send('x'.repeat(5_000))
    assert.ok(performance.now() - began >= 400)
  })
})

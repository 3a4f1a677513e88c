import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts'

describe('the line that the other tests ill-treat', () => {
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
    await say('hello')
  })
  afterEach(async () => {
    client.destroy()
    await proxy.close()
    server.close()
    await once(server, 'close')
  })

  async function say(text: string) {
    client.write(text)
    await eventually(() => assert.ok(heard.endsWith(text)))
  }

  it('[FT0] resets what is open when it is cut, and takes what is new', async () => {
    proxy.cut()
    await eventually(() => assert.equal(failure, 'ECONNRESET'))
    assert.equal(proxy.lines, 0)
    client = connect(proxy.port, '127.0.0.1').on('data', data => (heard += data))
    await say('again')
  })

  it('[FT0] lets nothing through while it is paused, not even the end, and everything afterwards', async () => {
    proxy.pause()
    client.write('first ')
    far.end('last')
    await sleep(200)
    assert.deepEqual([heard, client.readyState], ['hello', 'open'])
    proxy.resume()
    await eventually(() => assert.ok(heard.endsWith('last') && client.readyState !== 'open'))
  })

  it('[FT0] refuses until it is restored', async () => {
    await proxy.refuse()
    const refused = connect(proxy.port, '127.0.0.1')
    const [error] = await once(refused, 'error')
    assert.deepEqual([error.code, failure], ['ECONNREFUSED', 'ECONNRESET'])
    await proxy.restore()
    client = connect(proxy.port, '127.0.0.1').on('data', data => (heard += data))
    await say('again')
  })

  it('[FT0] delays each way, and lets only so many bytes pass in a second', async () => {
    proxy.delay(100)
    let began = performance.now()
    await say('late')
    assert.ok(performance.now() - began >= 190)
    proxy.delay(0)
    proxy.throttle(10_000)
    began = performance.now()
    await say('x'.repeat(5_000))
    assert.ok(performance.now() - began >= 400)
  })
})

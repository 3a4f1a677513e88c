import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, createServer, request, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { createDrain } from '../../server/process/drain.ts'

describe('draining the HTTP server', () => {
  let http: Server
  let answer: (() => void) | null
  let agent: Agent

  beforeEach(async () => {
    agent = new Agent({ keepAlive: true, maxSockets: 1 })
    answer = null
    http = createServer((req, res) => {
      const end = () => void res.end('done')
      if (req.url === '/slow') answer = end
      else end()
    })
  })
  afterEach(() => agent.destroy())

  const listen = async () => {
    const drain = createDrain(http)
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    return drain
  }
  const get = async (path: string): Promise<IncomingMessage> => {
    const sent = request({ agent, path, host: '127.0.0.1', port: (http.address() as AddressInfo).port }).end()
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    response.resume()
    await once(response, 'end')
    return response
  }

  it('[BT11] answers a request on an idle connection, with Connection: close', async () => {
    const drain = await listen()
    assert.equal((await get('/')).headers.connection, 'keep-alive')
    const { port } = http.address() as AddressInfo
    const drained = drain(1_500)
    const sent = request({ agent, path: '/', host: '127.0.0.1', port }).end()
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    assert.deepEqual([response.statusCode, response.headers.connection], [200, 'close'])
    response.resume()
    await drained
  })

  it('[BT11] finishes the answers that are under way', async () => {
    const drain = await listen()
    const slow = get('/slow')
    while (!answer) await new Promise(resolve => setImmediate(resolve))
    const drained = drain(0)
    answer()
    assert.equal((await slow).statusCode, 200)
    await drained
  })

  it('[BT11] does not wait for an upgraded connection that does not answer', async function () {
    this.timeout(120_000)
    http.on('upgrade', (_, socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n'))
    const drain = await listen()
    const line = connect((http.address() as AddressInfo).port, '127.0.0.1')
    line.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    await once(line, 'data')
    await drain(0)
  })

  it('[BT11] does not wait without end for an idle connection', async () => {
    const drain = await listen()
    await get('/')
    await drain(20)
  })
})

import assert from 'node:assert/strict'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { onePerConnection } from '../../server/faces/rest/pipelining.ts'
import { eventually } from '../support/eventually.ts'

const listen = async (server: Server) => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'

describe('requests of one connection', () => {
  let server: Server
  let line: Socket
  let open: ServerResponse[]
  beforeEach(async () => {
    open = []
    server = createServer(onePerConnection((_req, res) => void open.push(res)))
    line = connect(await listen(server), '127.0.0.1')
    line.on('error', () => {})
  })
  afterEach(() => {
    line.destroy()
    server.close()
  })

  it('[TU4] are worked on one after another, in order, and each is answered', async () => {
    let text = ''
    line.on('data', chunk => (text += chunk))
    line.write(request.repeat(3))
    for (let nth = 1; nth <= 3; nth++) {
      await eventually(() => assert.equal(open.length, nth))
      open.at(-1)!.end(`answer ${nth}.`)
    }
    await eventually(() => assert.deepEqual(text.match(/answer \d/g), ['answer 1', 'answer 2', 'answer 3']))
    line.write(request)
    await eventually(() => assert.equal(open.length, 4))
  })

  it('[TU4] close the connection when sixteen wait and more come', async () => {
    const closed = new Promise(resolve => line.once('close', resolve))
    line.write(request.repeat(18))
    await closed
    assert.equal(open.length, 1)
  })

  it('[TU4] bring their bodies complete, also behind others', async () => {
    const bodies: string[] = []
    server.removeAllListeners('request')
    server.on(
      'request',
      onePerConnection(async (req, res) => {
        let body = ''
        for await (const chunk of req) body += chunk
        bodies.push(body)
        res.end()
      }),
    )
    const body = 'x'.repeat(300_000)
    line.resume()
    line.write(`${request}POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}${request}`)
    await eventually(() => assert.deepEqual(bodies, ['', body, '']))
  })
})

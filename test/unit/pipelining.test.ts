import assert from 'node:assert/strict'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { onePerConnection } from '../../server/faces/rest/pipelining.ts'
import { createUnread } from '../../server/kernel/unread.ts'
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

  it('[TU4] close it when a hundred wait and more come', async () => {
    const closed = new Promise(resolve => line.once('close', resolve))
    line.write(request.repeat(102))
    await closed
    assert.equal(open.length, 1)
  })

  it('[TU4] of which one has a body bring it whole, also behind others', async () => {
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

describe('answers that are not read', () => {
  const answer = Buffer.alloc(64 * 1024 * 1024, 'x')
  let server: Server
  let sockets: Socket[]
  beforeEach(() => {
    sockets = []
    const watch = createUnread({ bytes: 64 * 1024, withinMs: 400 })
    server = createServer((req, res) => {
      watch(req, res)
      res.end(answer)
    })
  })
  afterEach(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const ask = async (reads: boolean) => {
    if (!server.listening) await listen(server)
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    sockets.push(socket)
    socket.on('error', () => {})
    let got = 0
    if (reads) socket.on('data', chunk => (got += chunk.length))
    else socket.pause()
    socket.write(request)
    return { got: () => got }
  }
  const connections = () =>
    new Promise<number>((resolve, reject) =>
      server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    )

  it('[TU5] are given up, and their connections closed', async () => {
    await ask(false)
    await eventually(async () => assert.equal(await connections(), 1))
    await eventually(async () => assert.equal(await connections(), 0))
  })

  it('[TU5] are left alone while their clients read', async () => {
    const reader = await ask(true)
    await eventually(() => assert.ok(reader.got() > answer.length))
    assert.equal(await connections(), 1)
  })
})

import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { createUnread, type ReadingPace } from '../../server/kernel/unread.ts'
import { eventually } from '../support/eventually.ts'

const mega = 1024 * 1024

/** A server whose answers are watched: `/7/64` is 64 MB for person 7, `/a/64` for the address `a`. */
class Answering {
  readonly sockets: Socket[] = []
  readonly server: Server

  constructor(pace: ReadingPace) {
    const unread = createUnread(pace, { ofAll: 200 * mega, perPerson: 100 * mega })
    this.server = createServer((req, res) => {
      const [, owner, size] = req.url!.split('/')
      unread.watch(req, res)
      unread.belongsTo(res, Number(owner) || owner!)
      res.end(Buffer.alloc(Number(size) * mega, 'x'))
    })
  }

  async ask(path: string, reads = false) {
    if (!this.server.listening)
      await new Promise<void>(resolve => void this.server.listen(0, '127.0.0.1', () => resolve()))
    const socket = connect((this.server.address() as AddressInfo).port, '127.0.0.1')
    this.sockets.push(socket)
    let [got, isOpen] = [0, true]
    socket.on('error', () => {})
    socket.on('close', () => (isOpen = false))
    socket.on('data', chunk => {
      got += chunk.length
      if (!reads) socket.pause()
    })
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
    await eventually(() => assert.ok(got > 0))
    const go = () => {
      reads = true
      socket.resume()
    }
    return { got: () => got, isOpen: () => isOpen, go }
  }

  /** The number of connections of the server. */
  connections = () =>
    new Promise<number>((resolve, reject) =>
      this.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    )

  close() {
    for (const socket of this.sockets) socket.destroy()
    this.server.close()
  }
}

describe('unread answers', () => {
  let answering: Answering
  afterEach(() => answering.close())

  it('[TU5] are given up, and their connections closed', async () => {
    answering = new Answering({ bytes: 64 * 1024, withinMs: 400 })
    await answering.ask('/1/64')
    await eventually(async () => assert.equal(await answering.connections(), 0))
  })

  it('[TU5] are not given up while their clients read', async () => {
    answering = new Answering({ bytes: 64 * 1024, withinMs: 3_000 })
    const reader = await answering.ask('/1/64', true)
    await eventually(() => assert.ok(reader.got() > 64 * mega))
    assert.equal(await answering.connections(), 1)
  })

  it('[TU21] are bounded for each person, and the largest are given up first', async () => {
    answering = new Answering({ bytes: 64 * 1024, withinMs: 60_000 })
    const small = await answering.ask('/1/40')
    const other = await answering.ask('/2/50')
    const large = await answering.ask('/1/90')
    large.go()
    await eventually(() => assert.equal(large.isOpen(), false))
    assert.ok(large.got() < 90 * mega)
    assert.equal(await answering.connections(), 2)
    assert.deepEqual([small.isOpen(), other.isOpen()], [true, true])
  })

  it('[TU21] are bounded in all: those of whoever leaves most are given up, however small each of them is', async () => {
    answering = new Answering({ bytes: 64 * 1024, withinMs: 60_000 })
    const large = await answering.ask('/1/60')
    const many: Awaited<ReturnType<Answering['ask']>>[] = []
    for (let nth = 0; nth < 10; nth++) many.push(await answering.ask('/an-address/20'))
    await eventually(async () => assert.ok((await answering.connections()) <= 10))
    for (const one of [large, ...many]) one.go()
    await eventually(() => assert.ok(large.got() > 60 * mega))
    await eventually(() => assert.ok(many.some(one => !one.isOpen())))
  })
})

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server as HttpServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { WebSocket } from 'ws'
import { closeConnection } from '../../server/faces/socket/backpressure.ts'
import { createEngineGate } from '../../server/faces/socket/engine-gate.ts'
import { createSocketServer } from '../../server/faces/socket/index.ts'
import { createIntake } from '../../server/faces/socket/intake.ts'
import { createConnections, type ClientConnection } from '../../server/faces/socket/connections.ts'
import type { SocketServer } from '../../server/faces/socket/member.ts'
import { eventually } from '../support/eventually.ts'
import { engine } from '../suites/polling.ts'

describe('connections of strangers at the socket door', function () {
  this.timeout(120_000)
  let http: HttpServer
  let io: SocketServer
  let url: string
  let violations: number
  let owed: number
  let sent: [personId: number, bytes: number][]
  let lines: ReturnType<typeof createConnections>
  let intake: ReturnType<typeof createIntake>
  let gate: ReturnType<typeof createEngineGate>
  const open: (WebSocket | Socket)[] = []

  beforeEach(async () => {
    http = createServer()
    io = createSocketServer()
    io.attach(http)
    intake = createIntake()
    violations = 0
    owed = 0
    sent = []
    gate = createEngineGate({
      origins: [],
      headers: {},
      trustProxy: 0,
      maxSocketsPerIp: 200,
      owe: (_, bytes) => void (owed += bytes),
      watchUnread: () => {},
      intake,
    })
    gate.guard(io.engine)
    lines = createConnections({
      intake,
      onBytes: (_, personId, bytes) => void sent.push([personId, bytes]),
      // As the socket door does after a CONNECT.
      onViolation: line => {
        violations++
        closeConnection(line)
      },
    })
    lines.guard(io.engine)
    await once(http.listen(0, '127.0.0.1'), 'listening')
    url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  })
  afterEach(async () => {
    for (const one of open.splice(0)) {
      if (one instanceof WebSocket) one.terminate()
      else one.destroy()
    }
    gate.stop()
    http.closeAllConnections()
    await io.close()
  })

  const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
  const lineOf = (sid: string) => (io.engine as unknown as { clients: Record<string, ClientConnection> }).clients[sid]
  const innerSocket = (line: ClientConnection) =>
    (line.transport as unknown as { socket: { isPaused: boolean; _socket: Socket } }).socket
  const connections = () => new Promise<number>(resolve => http.getConnections((_, count) => resolve(count)))

  /** A polling session with a waiting GET. */
  async function pollingLine() {
    const { sid } = JSON.parse((await engine(url)).text.slice(1)) as { sid: string }
    const { hostname, port } = new URL(url)
    const get = connect(Number(port), hostname).on('error', () => {})
    open.push(get)
    get.resume().write(`GET /socket.io/?EIO=4&transport=polling&sid=${sid} HTTP/1.1\r\nHost: x\r\n\r\n`)
    await eventually(() => assert.equal((lineOf(sid)!.transport as unknown as { writable: boolean }).writable, true))
    return sid
  }
  async function webSocket(query = '') {
    const ws = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket${query}`)
    ws.on('error', () => {})
    open.push(ws)
    await once(ws, 'open')
    return ws
  }
  /** In one write, so that all packets are read in one turn of the event loop. */
  function together(ws: WebSocket, send: () => void) {
    const { _socket: line } = ws as unknown as { _socket: Socket }
    line.cork()
    send()
    line.uncork()
  }

  for (const probes of [4, 5, 40])
    it(`[TU12] leave no timer, no session and no connection after ${probes} probes at once`, async () => {
      // mocha starts its own timer only now.
      await new Promise(setImmediate)
      const before = timers()
      const sid = await pollingLine()
      const ws = await webSocket(`&sid=${sid}`)
      together(ws, () => {
        for (let nth = 0; nth < probes; nth++) ws.send('2probe')
      })
      await eventually(() => assert.equal(lineOf(sid), undefined), { within: 10_000 })
      await eventually(() => assert.ok(timers() <= before, `${before} before, ${timers()} now`), { within: 15_000 })
      assert.equal(violations, 1)
      assert.equal(io.engine.clientsCount, 0)
    })

  for (const [what, flood] of [
    ['pongs', (ws: WebSocket) => ws.pong()],
    ['pings', (ws: WebSocket) => ws.ping()],
    ['packets without a meaning', (ws: WebSocket) => ws.send('6')],
  ] as const)
    it(`[TU12] are closed for one violation after a flood of ${what} beside unread answers, and are not read any more`, async () => {
      const opened = once(io.engine, 'connection')
      const ws = await webSocket()
      const [line] = (await opened) as [ClientConnection]
      ws.pause()
      // The first message exceeds the buffers of the kernel, so that the second waits and the connection stays open for now.
      line.send('x'.repeat(40 * 1024 * 1024))
      line.send('x')
      const listeners = line.listenerCount('close')
      together(ws, () => {
        for (let nth = 0; nth < 5_000; nth++) flood(ws)
      })
      await eventually(() => assert.equal(line.readyState, 'closing'))
      assert.equal(violations, 1)
      assert.ok(line.listenerCount('close') <= listeners + 2, String(line.listenerCount('close')))
      assert.equal(innerSocket(line).isPaused, true)
    })

  it('[TU12] are read only a little further when they were closed for what they sent, and their client gets the close', async () => {
    const opened = once(io.engine, 'connection')
    const ws = await webSocket()
    const [line] = (await opened) as [ClientConnection]
    const { _socket: inner } = innerSocket(line)
    const closed = once(ws, 'close')
    together(ws, () => {
      for (let nth = 0; nth < 200; nth++) ws.pong()
    })
    // The client does not see the close yet and goes on sending.
    ws.pause()
    await eventually(() => assert.equal(line.readyState, 'closed'))
    const { bytesRead } = inner
    for (let nth = 0; nth < 10_000; nth++) ws.pong('x'.repeat(100))
    ws.resume()
    await closed
    // 64 KiB may be read, and the piece that exceeds them.
    assert.ok(inner.bytesRead - bytesRead <= 128 * 1024, String(inner.bytesRead - bytesRead))
  })

  it('[TU12] may begin and give up only a few WebSockets for one session, which end soon', async function () {
    const sid = await pollingLine()
    for (let nth = 0; nth < 3; nth++) {
      const ws = await webSocket(`&sid=${sid}`)
      // Engine.IO closes it, and this client does not answer the close.
      ws.pause()
      ws.send('x')
      await eventually(() => assert.equal((lineOf(sid) as unknown as { upgrading: boolean }).upgrading, false))
    }
    const refused = await engine(url, {
      query: { sid, transport: 'websocket' },
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      },
    })
    assert.equal(refused.status, 400)
    assert.equal(lineOf(sid), undefined)
    // ws itself would wait for 30 s.
    await eventually(async () => assert.equal(await connections(), 0), { within: 15_000 })
  })

  it('[TU11] are not held any more when they close', async () => {
    const opened = once(io.engine, 'connection')
    const ws = await webSocket()
    const [line] = (await opened) as [ClientConnection]
    void intake.hold(line, new Promise(() => {}))
    const released = intake.released(line)
    ws.terminate()
    // A paused connection does not notice its end either.
    line.close()
    await released
    assert.equal(intake.released(line), undefined)
    void intake.hold(line, new Promise(() => {}))
    assert.equal(intake.released(line), undefined)
  })

  it('[TU11] get what waits for a polling session in answers of a mebibyte, in order and complete', async () => {
    const { sid } = JSON.parse((await engine(url)).text.slice(1)) as { sid: string }
    const line = lineOf(sid)!
    const ask = async () => (await engine(url, { query: { sid } })).text.split('\u001e')
    // The content of the first answer does not matter: it may wait already, or come while the GET waits.
    const waiting = ask()
    await eventually(() => assert.equal((line.transport as unknown as { writable: boolean }).writable, true))
    const packets = Array.from({ length: 100 }, (_, nth) => `${nth} ${'€'.repeat(20_000)}`)
    for (const packet of packets) line.send(packet)
    const got = await waiting
    assert.equal(got.length, 1)
    while (got.length < packets.length) {
      const more = await ask()
      assert.ok(more.join().length <= (1024 * 1024) / 3)
      got.push(...more)
    }
    assert.deepEqual(
      got,
      packets.map(packet => `4${packet}`),
    )
  })

  it('[TU11] are closed for more packets in one body than a client sends at once, before these are decoded', async () => {
    const { sid } = JSON.parse((await engine(url)).text.slice(1)) as { sid: string }
    const line = lineOf(sid)!
    let decoded = 0
    line.on('packet', () => void decoded++)
    const body = Array(30_000).fill('6').join('\u001e')
    await engine(url, { method: 'POST', query: { sid }, body }).catch(() => null)
    await eventually(() => assert.equal(lineOf(sid), undefined))
    assert.equal(decoded, 0)
    assert.ok(owed > 0 && owed <= body.length, String(owed))
  })

  it('[TU17] pay for packets that are no calls from the budget of bytes too', async () => {
    const opened = once(io.engine, 'connection')
    const ws = await webSocket()
    const [line] = (await opened) as [ClientConnection]
    lines.belongsTo(line, 7)
    ws.send(`6${'x'.repeat(10_000)}`)
    ws.send(`3${'x'.repeat(20_000)}`)
    await eventually(() =>
      assert.deepEqual(sent, [
        [7, 10_000],
        [7, 20_000],
      ]),
    )
  })
})

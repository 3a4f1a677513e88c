import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { createAdmission } from '../../server/faces/socket/admission.ts'
import { createSocketServer } from '../../server/faces/socket/index.ts'
import { eventually } from '../support/eventually.ts'

describe('letting handshakes in', () => {
  const scene = (allowed = true) => {
    const { allowRequest, stop } = createAdmission(() => allowed)
    const decisions: boolean[] = []
    const turnedAway: string[] = []
    const socket = { destroyed: false, on: () => {}, end: (text: string) => void turnedAway.push(text) }
    const come = (own = socket) =>
      allowRequest({ headers: { upgrade: 'websocket' }, socket: own } as unknown as IncomingMessage, (_, success) =>
        decisions.push(success),
      )
    return { come, decisions, turnedAway, stop }
  }

  it('[HS6] one that comes alone is let in at once', () => {
    const { come, decisions, stop } = scene()
    come()
    assert.deepEqual(decisions, [true])
    stop()
  })

  it('[HS6] of many at once a few are let in, and the others in their turn', async () => {
    const { come, decisions, stop } = scene()
    for (let nth = 0; nth < 100; nth++) come()
    assert.ok(decisions.length < 50, String(decisions.length))
    await eventually(() => assert.equal(decisions.length, 100))
    stop()
  })

  it('[HS6] who has gone while waiting takes nobody’s turn', async () => {
    const { come, decisions, stop } = scene()
    for (let nth = 0; nth < 50; nth++) come()
    for (let nth = 0; nth < 50; nth++) come({ destroyed: true, on: () => {}, end: () => {} })
    come()
    await eventually(() => assert.equal(decisions.length, 51))
    stop()
  })

  it('[HS6] where too many wait one is told when to come again, and so is everybody when it stops', () => {
    const { come, decisions, turnedAway, stop } = scene()
    for (let nth = 0; nth < 5_100; nth++) come()
    assert.ok(turnedAway.length > 50)
    assert.match(turnedAway[0]!, /^HTTP\/1.1 503 Service Unavailable\r\nRetry-After: \d+\r\n/)
    stop()
    come()
    assert.equal(decisions.length + turnedAway.length, 5_101)
    assert.ok(decisions.length <= 20)
  })

  it('[HS6] a line that is reset while it waits harms nobody', async () => {
    const http = createServer()
    const { io, stopAdmitting } = createSocketServer([])
    io.attach(http)
    await once(http.listen(0, '127.0.0.1'), 'listening')
    const { port } = http.address() as AddressInfo
    const lines = Array.from({ length: 100 }, () => connect(port, '127.0.0.1'))
    const ask = [
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
      'Host: x',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ]
    const arrived = new Promise<void>(resolve => {
      let count = 0
      http.on('upgrade', () => ++count === lines.length && resolve())
    })
    for (const line of lines) line.on('error', () => {}).write(`${ask.join('\r\n')}\r\n\r\n`)
    await arrived
    for (const line of lines) line.resetAndDestroy()
    // What nobody listens for would be an uncaught exception, and fail this test.
    await eventually(async () => {
      const open = await new Promise<number>(resolve => http.getConnections((_, count) => resolve(count)))
      assert.equal(open, 0)
    })
    stopAdmitting()
    await io.close()
  })

  it('[HS6] a strange origin does not wait', () => {
    const { come, decisions, stop } = scene(false)
    for (let nth = 0; nth < 100; nth++) come()
    assert.deepEqual(decisions, Array(100).fill(false))
    stop()
  })
})

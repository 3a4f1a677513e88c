import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { createAdmission } from '../../server/faces/socket/admission.ts'
import { createEngineGate } from '../../server/faces/socket/engine-gate.ts'
import { createSocketServer } from '../../server/faces/socket/index.ts'
import { createIntake } from '../../server/faces/socket/intake.ts'
import { eventually } from '../support/eventually.ts'

describe('the admission of handshakes', () => {
  const scene = (most: number | null = null) => {
    const { wait, stop } = createAdmission({ mostOf: () => most })
    const admitted: string[] = []
    const turnedAway: string[] = []
    const come = (address = 'a', socket = new EventEmitter()) => {
      wait(
        address,
        socket as Socket,
        () => admitted.push(address),
        () => turnedAway.push(address),
      )
      return socket
    }
    return { come, admitted, turnedAway, stop }
  }

  it('[HS6] admits a single handshake at once', () => {
    const { come, admitted, stop } = scene()
    come()
    assert.deepEqual(admitted, ['a'])
    stop()
  })

  it('[HS6] admits a few of many handshakes at once, and the others in turn', async () => {
    const { come, admitted, stop } = scene()
    for (let nth = 0; nth < 100; nth++) come()
    assert.ok(admitted.length < 50, String(admitted.length))
    await eventually(() => assert.equal(admitted.length, 100))
    stop()
  })

  it('[HS6] gives no turn and no place to a client that has gone while it waited', async () => {
    const { come, admitted, turnedAway, stop } = scene(50)
    for (let nth = 0; nth < 50; nth++) come()
    for (let nth = 0; nth < 100; nth++) come('gone').emit('close')
    assert.deepEqual(turnedAway, [])
    come()
    await eventually(() => assert.equal(admitted.length, 51))
    assert.ok(!admitted.includes('gone'))
    stop()
  })

  it('[HS6] refuses handshakes when too many wait, and all of them when it stops', () => {
    const { come, admitted, turnedAway, stop } = scene()
    for (let nth = 0; nth < 5_100; nth++) come()
    assert.ok(turnedAway.length > 50)
    stop()
    come()
    assert.equal(admitted.length + turnedAway.length, 5_101)
    assert.ok(admitted.length <= 20)
  })

  it('[TU15] admits addresses in rotation: hundreds of one address do not delay another', async () => {
    const { come, admitted, stop } = scene()
    for (let nth = 0; nth < 1_000; nth++) come('many')
    come('one')
    await eventually(() => assert.ok(admitted.includes('one')))
    assert.ok(admitted.indexOf('one') < 50, String(admitted.indexOf('one')))
    stop()
  })

  it('[TU15] lets only a bounded number of one address wait, and others still may', () => {
    const { come, turnedAway, stop } = scene(30)
    for (let nth = 0; nth < 100; nth++) come('many')
    assert.equal(turnedAway.length, 69)
    come('one')
    assert.equal(turnedAway.length, 69)
    stop()
  })

  it('[TU15] makes room in a full queue by refusing the address with most waiting', async () => {
    const { come, admitted, turnedAway, stop } = scene(200)
    for (let nth = 0; nth < 5_200; nth++) come(`one of 26: ${nth % 26}`)
    const before = turnedAway.length
    for (let nth = 0; nth < 20; nth++) come(`another ${nth}`)
    assert.equal(turnedAway.length, before + 20)
    assert.ok(turnedAway.every(address => address.startsWith('one of 26')))
    await eventually(() => assert.equal(admitted.filter(address => address.startsWith('another')).length, 20))
    stop()
  })

  it('[HS6] survives connections that are reset while they wait', async () => {
    const http = createServer()
    const io = createSocketServer()
    io.attach(http)
    const bounds = {
      origins: [],
      headers: {},
      trustProxy: 0,
      maxSocketsPerIp: 200,
      owe: () => {},
      watchUnread: () => {},
    }
    const gate = createEngineGate({ ...bounds, intake: createIntake() })
    gate.guard(io.engine)
    await once(http.listen(0, '127.0.0.1'), 'listening')
    const { port } = http.address() as AddressInfo
    const connections = Array.from({ length: 100 }, () => connect(port, '127.0.0.1'))
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
      http.on('upgrade', () => ++count === connections.length && resolve())
    })
    for (const connection of connections) connection.on('error', () => {}).write(`${ask.join('\r\n')}\r\n\r\n`)
    await arrived
    for (const connection of connections) connection.resetAndDestroy()
    // An error without a listener would be an uncaught exception, and fail this test.
    await eventually(async () => {
      const open = await new Promise<number>(resolve => http.getConnections((_, count) => resolve(count)))
      assert.equal(open, 0)
    })
    gate.stop()
    await io.close()
  })
})

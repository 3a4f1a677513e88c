import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { drained, isBehind, takeAnswer } from '../../server/faces/socket/backpressure.ts'

describe('a line that has much waiting', () => {
  /** As much of Engine.IO's socket as matters here. */
  const createLine = (packets: number, bytes = 10) => {
    const line = Object.assign(new EventEmitter(), {
      readyState: 'open',
      writeBuffer: Array.from({ length: packets }, () => ({ data: 'x'.repeat(bytes) })),
      transport: { socket: { bufferedAmount: 0 } },
      closed: 0,
      close: () => {
        line.closed++
        line.readyState = 'closed'
      },
    })
    return { line, asLine: line as unknown as Parameters<typeof drained>[0] }
  }

  it('[RS10] up to a mebibyte and a thousand packets is fine, more is not', () => {
    assert.equal(isBehind(createLine(0).asLine), false)
    assert.equal(isBehind(createLine(1_000).asLine), false)
    assert.equal(isBehind(createLine(1_001).asLine), true)
    assert.equal(isBehind(createLine(10, 104_000).asLine), false)
    assert.equal(isBehind(createLine(11, 104_000).asLine), true)
  })

  it('[RS10] what was handed on and is not gone counts too', () => {
    const { line, asLine } = createLine(1)
    line.transport.socket.bufferedAmount = 1024 * 1024
    assert.equal(isBehind(asLine), true)
  })

  it('[RS10] one that moves is waited for', async () => {
    const { line, asLine } = createLine(5)
    const timer = setInterval(() => {
      line.writeBuffer.pop()
      line.emit('drain')
    }, 5)
    assert.equal(await drained(asLine), true)
    clearInterval(timer)
    assert.equal(line.closed, 0)
  })

  it('[RS10] one that polls moves while it takes an answer, and is not asked meanwhile whether it lives', async function () {
    this.timeout(20_000)
    let asked = 0
    const { line, asLine } = createLine(3)
    Object.assign(line, { transport: {}, pingTimeoutTimer: { refresh: () => asked++ } })
    const answer = { socket: { writableLength: 500_000 } }
    takeAnswer(asLine, answer as ServerResponse)
    const begun = performance.now()
    const timer = setInterval(() => {
      answer.socket.writableLength -= 8_000
      if (answer.socket.writableLength > 0) return
      line.writeBuffer.length = 0
      line.emit('drain')
    }, 100)
    assert.equal(await drained(asLine), true)
    clearInterval(timer)
    assert.ok(performance.now() - begun > 5_000)
    assert.ok(asked > 20, String(asked))
    assert.equal(line.closed, 0)
  })

  it('[RS10] one that does not is given up, also when more is put on it all the while', async function () {
    this.timeout(20_000)
    const { line, asLine } = createLine(5)
    const timer = setInterval(() => line.writeBuffer.push({ data: 'a signal' }), 20)
    assert.equal(await drained(asLine), false)
    clearInterval(timer)
    assert.ok(line.closed > 0)
  })
})

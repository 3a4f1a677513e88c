import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { drained, isBehind, takeAnswer } from '../../server/faces/socket/backpressure.ts'

describe('a connection with much waiting', () => {
  /** Less than the server’s five seconds. */
  const stalledMs = 1_000

  /** The part of Engine.IO's socket that matters here. */
  const createConnection = (packets: number, bytes = 10) => {
    const connection = Object.assign(new EventEmitter(), {
      readyState: 'open',
      writeBuffer: Array.from({ length: packets }, () => ({ data: 'x'.repeat(bytes) })),
      transport: { socket: { bufferedAmount: 0 } },
      closed: 0,
      close: () => {
        connection.closed++
        connection.readyState = 'closed'
      },
    })
    return { connection, typed: connection as unknown as Parameters<typeof drained>[0] }
  }

  it('[RS10] is not behind with up to a mebibyte and a thousand packets, and is with more', () => {
    assert.equal(isBehind(createConnection(0).typed), false)
    assert.equal(isBehind(createConnection(1_000).typed), false)
    assert.equal(isBehind(createConnection(1_001).typed), true)
    assert.equal(isBehind(createConnection(10, 104_000).typed), false)
    assert.equal(isBehind(createConnection(11, 104_000).typed), true)
  })

  it('[RS10] counts what was handed to the kernel and is not sent', () => {
    const { connection, typed } = createConnection(1)
    connection.transport.socket.bufferedAmount = 1024 * 1024
    assert.equal(isBehind(typed), true)
  })

  it('[RS10] is waited for while it moves', async () => {
    const { connection, typed } = createConnection(5)
    const timer = setInterval(() => {
      connection.writeBuffer.pop()
      connection.emit('drain')
    }, 5)
    assert.equal(await drained(typed), true)
    clearInterval(timer)
    assert.equal(connection.closed, 0)
  })

  it('[RS10] moves while it takes an answer to polling, and is not checked meanwhile for whether it lives', async () => {
    let asked = 0
    const { connection, typed } = createConnection(3)
    Object.assign(connection, { transport: {}, pingTimeoutTimer: { refresh: () => asked++ } })
    const answer = { socket: { writableLength: 500_000 } }
    takeAnswer(typed, answer as ServerResponse)
    const begun = performance.now()
    const timer = setInterval(() => {
      answer.socket.writableLength -= 8_000
      if (answer.socket.writableLength > 0) return
      connection.writeBuffer.length = 0
      connection.emit('drain')
    }, 20)
    assert.equal(await drained(typed, stalledMs), true)
    clearInterval(timer)
    assert.ok(performance.now() - begun > stalledMs)
    assert.ok(asked > 10, String(asked))
    assert.equal(connection.closed, 0)
  })

  it('[RS10] is given up when it does not move, although more is added all the time', async () => {
    const { connection, typed } = createConnection(5)
    const timer = setInterval(() => connection.writeBuffer.push({ data: 'a signal' }), 20)
    assert.equal(await drained(typed, stalledMs), false)
    clearInterval(timer)
    assert.ok(connection.closed > 0)
  })
})

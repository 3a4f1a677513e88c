import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import * as ws from 'ws'
import { frameOf, isCurrent, isIdle, lineOf } from '../../server/faces/socket/frames.ts'
import type { MemberSocket } from '../../server/faces/socket/member.ts'
import { createSendMessages, outgoing } from '../../server/faces/socket/send-messages.ts'

type Framing = { Sender: { frame(data: Buffer, options: object): Buffer[] } }

/** What ws makes of a text. */
const frameOfWs = (text: string) =>
  Buffer.concat(
    (ws as unknown as Framing).Sender.frame(Buffer.from(text), {
      fin: true,
      opcode: 1,
      mask: false,
      rsv1: false,
      readOnly: true,
    }),
  )

describe('frames that are written straight to connections', () => {
  it('[TU24] are those that Socket.IO and ws make, for texts of every length', () => {
    for (const length of [0, 1, 100, 101, 102, 103, 65_500, 65_511, 65_512, 65_513, 65_514, 200_000])
      for (const letter of ['x', 'ä', '漢', '🎉']) {
        const payload = { text: letter.repeat(length) }
        assert.deepEqual(frameOf('an_event', payload), frameOfWs(`42${JSON.stringify(['an_event', payload])}`))
      }
  })

  it('[TU24] go only where nothing waits, and where Engine.IO and ws are as they are known', () => {
    const connection = { writable: true, writableLength: 0 } as Socket
    const webSocket = { readyState: 1, bufferedAmount: 0, _socket: connection }
    const transport = { name: 'websocket', perMessageDeflate: null, socket: webSocket }
    const idle = { readyState: 'open', upgrading: false, writeBuffer: [], transport }
    const of = (conn: object) => {
      const line = lineOf({ conn } as unknown as MemberSocket)
      return line && isIdle(line) ? line.tcp : null
    }
    assert.equal(of(idle), connection)
    const withTransport = (changes: object) => ({ ...idle, transport: { ...transport, ...changes } })
    const withWebSocket = (changes: object) => withTransport({ socket: { ...webSocket, ...changes } })
    for (const other of [
      { ...idle, readyState: 'closing' },
      { ...idle, upgrading: true },
      { ...idle, upgrading: undefined },
      { ...idle, writeBuffer: [{}] },
      { ...idle, writeBuffer: undefined },
      withTransport({ name: 'polling' }),
      withTransport({ perMessageDeflate: {} }),
      withTransport({ socket: undefined }),
      withWebSocket({ readyState: 2 }),
      withWebSocket({ bufferedAmount: 1 }),
      withWebSocket({ bufferedAmount: undefined }),
      withWebSocket({ _socket: null }),
      withWebSocket({ _socket: { writable: false, writableLength: 0 } }),
      withWebSocket({ _socket: { writable: true, writableLength: 1 } }),
    ])
      assert.equal(of(other), null, JSON.stringify(other))
  })

  it('[TU24] go along another line after an upgrade of the transport', () => {
    const transport = { name: 'websocket', socket: { _socket: {} } }
    const conn = { transport }
    const line = lineOf({ conn } as unknown as MemberSocket)!
    assert.equal(isCurrent(line), true)
    conn.transport = { ...transport }
    assert.equal(isCurrent(line), false)
  })
})

describe('messages to one socket', () => {
  /** A socket whose connection takes this many writes, and what it got: bytes that were written, names that were emitted. */
  function socketThatTakes(writes: number) {
    const got: (number | string)[] = []
    const connection = {
      writable: true,
      writableLength: 0,
      write: (bytes: Buffer) => {
        got.push(bytes.length)
        if (--writes === 0) connection.writableLength = bytes.length
      },
    }
    const webSocket = { readyState: 1, bufferedAmount: 0, _socket: connection }
    const transport = { name: 'websocket', perMessageDeflate: null, socket: webSocket }
    const conn = { readyState: 'open', upgrading: false, writeBuffer: [], transport }
    return { socket: { conn, emit: (name: string) => got.push(name) } as unknown as MemberSocket, got }
  }
  const messages = ['a', 'b', 'c', 'd', 'e'].map(name => outgoing(name, 'x'.repeat(30_000)))
  const bytes = messages[0]!.frame().length

  it('[TU24] are joined up to a size, and go through Socket.IO as soon as the connection does not take them', () => {
    const quick = socketThatTakes(10)
    createSendMessages()(quick.socket, messages)
    assert.deepEqual(quick.got, [2 * bytes, 2 * bytes, bytes])
    const slow = socketThatTakes(1)
    createSendMessages()(slow.socket, messages)
    assert.deepEqual(slow.got, [2 * bytes, 'c', 'd', 'e'])
  })

  it('[TU24] go through Socket.IO when they must not go straight', () => {
    const { socket, got } = socketThatTakes(10)
    createSendMessages({ direct: false })(socket, messages)
    assert.deepEqual(got, ['a', 'b', 'c', 'd', 'e'])
  })
})

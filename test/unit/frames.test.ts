import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import * as ws from 'ws'
import { frameOf, idleConnection } from '../../server/faces/socket/frames.ts'
import type { MemberSocket } from '../../server/faces/socket/member.ts'

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
    const transport = { name: 'websocket', writable: true, perMessageDeflate: null, socket: webSocket }
    const idle = { readyState: 'open', upgrading: false, writeBuffer: [], transport }
    const of = (conn: object) => idleConnection({ conn } as unknown as MemberSocket)
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
      withTransport({ writable: false }),
      withTransport({ writable: undefined }),
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
})

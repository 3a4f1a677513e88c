import type { Socket } from 'node:net'
import { type LogEvent, wirePayload } from '../../events/index.ts'
import type { MemberSocket } from './member.ts'

/** Frames above this size are not joined, so that it is seen in between who does not take them. */
export const mostJoinedBytes = 64 * 1024

/** An event as one WebSocket frame: what Socket.IO and Engine.IO make of it, encoded once for all of its receivers. */
export function frameOf(name: string, payload: unknown): Buffer {
  // Engine.IO's "message", Socket.IO's "event" in the namespace /.
  const text = Buffer.from(`42${JSON.stringify([name, payload])}`)
  return Buffer.concat([headOf(text.length), text])
}

/** Weak, so that frames live as long as their events: those of the end of the log, which clients resume from. */
const known = new WeakMap<LogEvent, Buffer>()

/** The same for an event of the log, encoded once for all who get it, live or when they resume. */
export function frameOfEvent(event: LogEvent): Buffer {
  const there = known.get(event)
  if (there) return there
  const frame = frameOf(event.event, wirePayload(event))
  known.set(event, frame)
  return frame
}

/** The head of a final text frame from a server (RFC 6455, 5.2): no mask, and the length in 7, 16 or 64 bits. */
function headOf(length: number): Buffer {
  if (length < 126) return Buffer.from([0x81, length])
  if (length < 65_536) return Buffer.from([0x81, 126, length >> 8, length & 0xff])
  const head = Buffer.alloc(10)
  head.writeUInt8(0x81)
  head.writeUInt8(127, 1)
  head.writeBigUInt64BE(BigInt(length), 2)
  return head
}

/** Private parts of Engine.IO and ws (only for TypeScript). */
interface Inside {
  readyState: string
  upgrading: boolean
  writeBuffer: unknown[]
  transport: {
    name: string
    perMessageDeflate?: unknown
    socket?: { readyState: number; bufferedAmount: number; ['_socket']?: Socket | null }
  }
}

const open = 1

/**
 * The TCP connection of a client, if a finished frame may be written straight to it: nothing waits in Engine.IO, ws or
 * the connection, so the frame cannot overtake anything, and the client takes what it gets. Otherwise, and when the
 * insides of these libraries are other ones than these, null: then the ordinary way is right.
 *
 * Engine.IO may still wait to be told that ws has sent its last packet (`transport.writable`). That packet is with the
 * network already, and what Engine.IO sends when it is told comes after the frame.
 */
export function idleConnection(socket: MemberSocket): Socket | null {
  const { readyState, upgrading, writeBuffer, transport } = socket.conn as unknown as Inside
  if (readyState !== 'open' || upgrading !== false || writeBuffer?.length !== 0) return null
  if (transport.name !== 'websocket' || transport.perMessageDeflate) return null
  const webSocket = transport.socket
  if (webSocket?.readyState !== open || webSocket.bufferedAmount !== 0) return null
  const connection = webSocket['_socket']
  return connection?.writable === true && connection.writableLength === 0 ? connection : null
}

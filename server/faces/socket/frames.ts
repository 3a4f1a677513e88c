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
interface Connection {
  readyState: string
  upgrading: boolean
  writeBuffer: unknown[]
  transport: Transport
}
interface Transport {
  name: string
  perMessageDeflate?: unknown
  socket?: WebSocket
}
interface WebSocket {
  readyState: number
  bufferedAmount: number
  ['_socket']?: Socket | null
}

/**
 * What stands between a client and its TCP connection, in one object: to go from one to the next for each of a thousand
 * clients takes a tenth of the time that sending takes.
 */
export interface Line {
  connection: Connection
  transport: Transport
  webSocket: WebSocket
  tcp: Socket
}

/** The line of a client with a WebSocket; null when it polls, or when these libraries have other insides than these. */
export function lineOf(socket: MemberSocket): Line | null {
  const connection = socket.conn as unknown as Connection
  const { transport } = connection
  const webSocket = transport.socket
  const tcp = webSocket?.['_socket']
  return transport.name === 'websocket' && webSocket && tcp ? { connection, transport, webSocket, tcp } : null
}

/** Whether a line is still the one of its client, which an upgrade changes. */
export const isCurrent = ({ connection, transport }: Line): boolean => connection.transport === transport

const open = 1

/**
 * Whether a finished frame may be written straight to the TCP connection: nothing waits in Engine.IO, ws or the
 * connection, so the frame cannot overtake anything, and the client takes what it gets. Otherwise the ordinary way is
 * right.
 *
 * Engine.IO may still wait to be told that ws has sent its last packet (`transport.writable`). That packet is with the
 * network already, and what Engine.IO sends when it is told comes after the frame.
 */
export const isIdle = ({ connection, transport, webSocket, tcp }: Line): boolean =>
  connection.readyState === 'open' &&
  connection.upgrading === false &&
  connection.writeBuffer?.length === 0 &&
  !transport.perMessageDeflate &&
  webSocket.readyState === open &&
  webSocket.bufferedAmount === 0 &&
  tcp.writable === true &&
  tcp.writableLength === 0

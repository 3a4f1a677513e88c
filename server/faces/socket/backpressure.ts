import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { MemberSocket } from './member.ts'

/** A connection that takes nothing for this long is closed, so that its messages do not pile up. */
const longestStallMs = 5_000
const checkMs = 50

/** Above this a socket gets no live events; it is served from the log, as fast as it reads. */
const mostPackets = 1_000
const mostBytes = 1024 * 1024
/** Above this no more calls of a connection are executed, because their answers would only add to what waits. */
const mostPacketsForCalls = 250
const mostBytesForCalls = 256 * 1024
/** While waiting, at most this many bytes may be left; they are on their way to the network. */
const settledBytes = 64 * 1024
/** A closing connection is dropped when it has not taken its last messages after this time. */
const farewellMs = 5_000

type ClientConnection = MemberSocket['conn']

/** Private parts of Engine.IO and ws (only for TypeScript); no public interface gives this information. */
interface Inside {
  /** Packets that have not been handed to the transport. */
  writeBuffer: { data?: string | Buffer }[]
  transport: {
    /** For polling: ends a transport that otherwise waits up to 30 s until the client fetches the close packet. */
    shouldClose?: (() => void) | null
    socket?: {
      bufferedAmount?: number
      terminate?(): void
      ['_socket']?: Queue | null
    }
  }
  /** The timer of the ping that has not been answered yet. */
  pingTimeoutTimer: NodeJS.Timeout | null
}
type Queue = { ['_handle']?: { writeQueueSize?: number } | null }
const inside = (connection: ClientConnection) => connection as unknown as Inside

/**
 * What libuv has received and the network has not taken. No public interface tells how much of a large write is done.
 */
const queued = (socket: object | null | undefined) =>
  (socket as Queue | null | undefined)?.['_handle']?.writeQueueSize ?? 0

/** For connections that poll: the answer to the last GET. */
const answers = new WeakMap<ClientConnection, ServerResponse>()
export const takeAnswer = (connection: ClientConnection, answer: ServerResponse): void =>
  void answers.set(connection, answer)

/** The bytes of an answer that the client's connection has not taken. */
export const unreadBytes = ({ socket }: ServerResponse): number =>
  socket ? Math.max(socket.writableLength, queued(socket)) : 0

/** The bytes that the transport has received and the network has not taken. `writeBuffer` does not count them. */
function onItsWay(connection: ClientConnection): number {
  const { socket } = inside(connection).transport
  if (socket) return socket.bufferedAmount ?? 0
  const answer = answers.get(connection)
  return answer ? unreadBytes(answer) : 0
}

function hasMoreWaiting(connection: ClientConnection, packets: number, most: number): boolean {
  const { writeBuffer } = inside(connection)
  if (writeBuffer.length === 0) return false
  if (writeBuffer.length > packets) return true
  let bytes = onItsWay(connection)
  for (const { data } of writeBuffer) bytes += data?.length ?? 0
  return bytes > most
}

/** Whether more waits for a connection than is allowed. */
export const isBehind = (connection: ClientConnection): boolean => hasMoreWaiting(connection, mostPackets, mostBytes)

/** Whether so much waits for a connection that its calls must wait too. */
export const isClogged = (connection: ClientConnection): boolean =>
  hasMoreWaiting(connection, mostPacketsForCalls, mostBytesForCalls)

/** What waits at each stage of sending. */
const waitingOn = (connection: ClientConnection): number[] => {
  const { writeBuffer, transport } = inside(connection)
  const network = transport.socket ? transport.socket['_socket'] : answers.get(connection)?.socket
  return [writeBuffer.length, onItsWay(connection), queued(network)]
}

/**
 * Whether the connection took something. Stages that grew, for example by signals, are not evidence of the opposite.
 */
const moved = (before: number[], now: number[]) => now.some((count, nth) => count < before[nth]!)

/**
 * Restarts the ping time-out of a connection that is alive but cannot answer: the ping waits behind other data, or its
 * answer is not read.
 */
export const keepAlive = (connection: ClientConnection): void => void inside(connection).pingTimeoutTimer?.refresh()

/**
 * Resolves when the connection has taken what was sent before: with true, or with false when it is closed. Closes a
 * stalled connection. A sender that waits here between batches has at most two batches in memory.
 */
export async function drained(connection: ClientConnection, stalledMs = longestStallMs): Promise<boolean> {
  let [seen, since] = [waitingOn(connection), performance.now()]
  const waits = () => inside(connection).writeBuffer.length > 0 || onItsWay(connection) > settledBytes
  while (connection.readyState === 'open' && waits()) {
    await nextMove(connection)
    const now = waitingOn(connection)
    if (moved(seen, now)) {
      since = performance.now()
      keepAlive(connection)
    } else if (performance.now() - since >= stalledMs) dropConnection(connection)
    seen = now
  }
  return connection.readyState === 'open'
}

/** Closes a connection at once and drops what is queued for it. */
export function dropConnection(connection: ClientConnection): void {
  // After this nothing more is accepted.
  connection.close()
  connection.close(true)
  const { shouldClose, socket } = inside(connection).transport
  if (connection.readyState !== 'closed') shouldClose?.()
  socket?.terminate?.()
}

/** Connections that are being closed after their last messages. */
const leaving = new WeakSet<ClientConnection>()

/** Closes a connection after what is queued for it; drops a connection that does not take that. */
export function closeConnection(connection: ClientConnection): void {
  connection.close()
  if (connection.readyState === 'closed' || leaving.has(connection)) return
  leaving.add(connection)
  const timer = setTimeout(() => dropConnection(connection), farewellMs)
  connection.once('close', () => clearTimeout(timer))
}

/**
 * Bounds every orderly close, also those that Socket.IO does by itself. Engine.IO would wait until a polling client
 * fetches its last messages, for 15 s and more; a connection of nobody has none and ends at once.
 */
export function endSoonAfterClosing(connection: ClientConnection, isOfNobody: () => boolean): void {
  const close = connection.close.bind(connection)
  connection.close = discard => {
    const isFirst = connection.readyState === 'open'
    close(discard)
    if (!isFirst || discard) return
    if (connection.transport.name === 'polling' && isOfNobody()) dropConnection(connection)
    else closeConnection(connection)
  }
}

/** Private parts of ws (only for TypeScript). */
interface WebSocketInside {
  _closeTimeout: number
  _autoPong: boolean
  _socket: Socket | null
  close(...args: unknown[]): void
  pause(): void
}

/**
 * Ends the TCP connection of a closed WebSocket whose other end does not close it or goes on sending; also when the
 * WebSocket never became part of a session. By itself ws would wait for 30 s, go on reading, and raise an error for
 * each ping. ws has a public option for this, but Engine.IO would have to set it and does not.
 */
export function endSoonAfterClose(webSocket: unknown): void {
  if (!webSocket) return
  const ws = webSocket as WebSocketInside
  const close = ws.close.bind(ws)
  ws['_closeTimeout'] = farewellMs
  ws.close = (...args) => {
    close(...args)
    const { _socket: tcp, _autoPong: isFirst } = ws
    ws['_autoPong'] = false
    if (!tcp || !isFirst) return
    const most = tcp.bytesRead + settledBytes
    tcp.on('data', () => {
      if (tcp.bytesRead <= most) return
      // Not at once, because the last message is still on its way.
      ws.pause()
      tcp.end()
    })
  }
}

/** Resolves when the connection takes something or closes, or after a moment in any case. */
function nextMove(connection: ClientConnection): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, checkMs)
  connection.once('drain', resolve)
  connection.once('close', resolve)
  return promise.finally(() => {
    clearTimeout(timer)
    connection.off('drain', resolve)
    connection.off('close', resolve)
  })
}

import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { MemberSocket } from './member.ts'

/** A line that takes nothing for so long is given up: what is meant for it must not pile up here. */
const stalledMs = 5_000
const lookMs = 50

/** From here on a socket gets no live events any more: it is served from the log, as fast as it reads. */
const mostPackets = 1_000
const mostBytes = 1024 * 1024
/** From here on no more calls of a line are worked on: their answers are only added to what waits already. */
const mostPacketsForCalls = 250
const mostBytesForCalls = 256 * 1024
/** Of these at most this instance's own code waits for: the rest is on its way. */
const settledBytes = 64 * 1024
/** A line that has said goodbye is not waited for longer than this. */
const farewellMs = 5_000

type Line = MemberSocket['conn']

/** Engine.IO's and ws's own, and private only to TypeScript: nothing public tells as much. */
interface Inside {
  /** Packets that the transport has not been handed yet. */
  writeBuffer: { data?: string | Buffer }[]
  transport: {
    /** Of polling: ends a transport that waits, for 30 s, until somebody takes its goodbye. */
    shouldClose?: (() => void) | null
    socket?: {
      bufferedAmount?: number
      terminate?(): void
      ['_socket']?: Queue | null
    }
  }
  /** Of the ping that has not been answered yet. */
  pingTimeoutTimer: NodeJS.Timeout | null
}
type Queue = { ['_handle']?: { writeQueueSize?: number } | null }
const inside = (line: Line) => line as unknown as Inside

/** What libuv was handed and the network has not taken: nothing public tells how much of a large write is through. */
const queued = (socket: object | null | undefined) =>
  (socket as Queue | null | undefined)?.['_handle']?.writeQueueSize ?? 0

/** Of lines that poll: the answer to the last GET. */
const answers = new WeakMap<Line, ServerResponse>()
export const takeAnswer = (line: Line, answer: ServerResponse): void => void answers.set(line, answer)

/** What an answer was given and its client's connection has not taken. */
export const unreadBytes = ({ socket }: ServerResponse): number =>
  socket ? Math.max(socket.writableLength, queued(socket)) : 0

/** What the transport was handed and the network has not taken: ws, or Node, shows none of the packets above. */
function onItsWay(line: Line): number {
  const { socket } = inside(line).transport
  if (socket) return socket.bufferedAmount ?? 0
  const answer = answers.get(line)
  return answer ? unreadBytes(answer) : 0
}

function hasMoreWaiting(line: Line, packets: number, most: number): boolean {
  const { writeBuffer } = inside(line)
  if (writeBuffer.length === 0) return false
  if (writeBuffer.length > packets) return true
  let bytes = onItsWay(line)
  for (const { data } of writeBuffer) bytes += data?.length ?? 0
  return bytes > most
}

/** Whether more waits for a line than one may cost. */
export const isBehind = (line: Line): boolean => hasMoreWaiting(line, mostPackets, mostBytes)

/** Whether so much waits for a line that its calls wait too. */
export const isClogged = (line: Line): boolean => hasMoreWaiting(line, mostPacketsForCalls, mostBytesForCalls)

/** What waits at each station of the way out. */
const waitingOn = (line: Line): number[] => {
  const { writeBuffer, transport } = inside(line)
  const network = transport.socket ? transport.socket['_socket'] : answers.get(line)?.socket
  return [writeBuffer.length, onItsWay(line), queued(network)]
}

/** Whether the line took something. That more was put on it, by signals say, is none of its doing. */
const moved = (before: number[], now: number[]) => now.some((count, nth) => count < before[nth]!)

/**
 * For a line that is alive, and cannot be asked: the ping waits behind what it is still taking, or its answer is not read.
 */
export const keepAlive = (line: Line): void => void inside(line).pingTimeoutTimer?.refresh()

/**
 * Resolves when the line has taken what was sent to it before: true, or false when it is closed; one that is stalled is
 * closed here. A sender who waits here between batches has at most two of them in memory.
 */
export async function drained(line: Line): Promise<boolean> {
  let [seen, since] = [waitingOn(line), performance.now()]
  const waits = () => inside(line).writeBuffer.length > 0 || onItsWay(line) > settledBytes
  while (line.readyState === 'open' && waits()) {
    await nextMove(line)
    const now = waitingOn(line)
    if (moved(seen, now)) {
      since = performance.now()
      keepAlive(line)
    } else if (performance.now() - since >= stalledMs) dropLine(line)
    seen = now
  }
  return line.readyState === 'open'
}

/** Closes a line at once and without what is queued for it. */
export function dropLine(line: Line): void {
  // From here on nothing more is accepted.
  line.close()
  line.close(true)
  const { shouldClose, socket } = inside(line).transport
  if (line.readyState !== 'closed') shouldClose?.()
  socket?.terminate?.()
}

/** Lines that have been given until their farewell. */
const leaving = new WeakSet<Line>()

/** Closes a line after what is queued for it; one that does not take that is given up. */
export function closeLine(line: Line): void {
  line.close()
  if (line.readyState === 'closed' || leaving.has(line)) return
  leaving.add(line)
  const timer = setTimeout(() => dropLine(line), farewellMs)
  line.once('close', () => clearTimeout(timer))
}

/** ws's own, and private only to TypeScript. */
interface WebSocketInside {
  _closeTimeout: number
  _autoPong: boolean
  _socket: Socket | null
  close(...args: unknown[]): void
  terminate(): void
}

/**
 * Takes the connection from a WebSocket that we have closed and whose other end does not let go, or sends on, also from
 * one that never became a line's: ws itself would wait for 30 s, read on, and make an error of each ping. Its public
 * option is Engine.IO's to set, and is not set.
 */
export function endSoonAfterClose(webSocket: unknown): void {
  if (!webSocket) return
  const ws = webSocket as WebSocketInside
  const close = ws.close.bind(ws)
  ws['_closeTimeout'] = farewellMs
  ws.close = (...args) => {
    close(...args)
    const { _socket: line, _autoPong: isFirst } = ws
    ws['_autoPong'] = false
    if (!line || !isFirst) return
    const most = line.bytesRead + settledBytes
    line.on('data', () => line.bytesRead > most && ws.terminate())
  }
}

/** Resolves when the line takes something, closes, or in a moment all the same. */
function nextMove(line: Line): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, lookMs)
  line.once('drain', resolve)
  line.once('close', resolve)
  return promise.finally(() => {
    clearTimeout(timer)
    line.off('drain', resolve)
    line.off('close', resolve)
  })
}

import type { MemberSocket } from './member.ts'

/** A line that takes nothing for so long is given up: what is meant for it must not pile up here. */
const stalledMs = 5_000
const lookMs = 50

/** From here on a socket gets no live events any more: it is served from the log, as fast as it reads. */
const mostPackets = 1_000
const mostBytes = 1024 * 1024
/** Of these at most this instance's own code waits for: the rest is on its way. */
const settledBytes = 64 * 1024

type Line = MemberSocket['conn']

/** Engine.IO's and ws's own, and private only to TypeScript: nothing public tells as much. */
interface Inside {
  /** Packets that the transport has not been handed yet. */
  writeBuffer: { data?: string | Buffer }[]
  transport: {
    socket?: { bufferedAmount?: number; _socket?: { ['_handle']?: { writeQueueSize?: number } | null } | null }
  }
}
const inside = (line: Line) => line as unknown as Inside

/** What the transport was handed and the network has not taken: ws shows none of the packets above. */
const onItsWay = (line: Line): number => inside(line).transport.socket?.bufferedAmount ?? 0

/** Whether more waits for a line than one may cost. */
export function isBehind(line: Line): boolean {
  const { writeBuffer } = inside(line)
  if (writeBuffer.length === 0) return false
  if (writeBuffer.length > mostPackets) return true
  let bytes = onItsWay(line)
  for (const { data } of writeBuffer) bytes += data?.length ?? 0
  return bytes > mostBytes
}

/** What waits at each station of the way out. */
const waitingOn = (line: Line): number[] => {
  const { writeBuffer, transport } = inside(line)
  const { bufferedAmount, _socket } = transport.socket ?? {}
  return [writeBuffer.length, bufferedAmount ?? 0, _socket?.['_handle']?.writeQueueSize ?? 0]
}

/** Whether the line took something. That more was put on it, by signals say, is none of its doing. */
const moved = (before: number[], now: number[]) => now.some((count, nth) => count < before[nth]!)

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
    if (moved(seen, now)) since = performance.now()
    else if (performance.now() - since >= stalledMs) giveUp(line)
    seen = now
  }
  return line.readyState === 'open'
}

/** From here on nothing more is accepted; then at once and without what is queued, for that does not move. */
function giveUp(line: Line) {
  line.close()
  line.close(true)
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

import type { ClientConnection } from './connections.ts'
import type { Packet } from './shared-payloads.ts'

/** The most bytes in one answer to a poll, unless a single packet is larger. */
const mostBytes = 1024 * 1024
/** Answers of up to this size are always sent; pings and closing packets are among them. */
const smallBytes = 16 * 1024
/** Engine.IO's empty packet; its client polls again. */
const noop: Packet = { type: 'noop' }

/** Limits how fast large answers are sent. */
export interface PortionPace {
  mayAnswer(): boolean
  count(bytes: number): void
}

/**
 * Limits the size of the answers of a polling connection; Engine.IO puts everything that waits into one answer. The
 * rest waits for the next GET, and so does all of it while the pace allows no large answer: then the answer is an empty
 * packet. On a connection that is closing, the client may not get the rest; it resumes later.
 */
export function answerInPortions(connection: ClientConnection, pace: PortionPace): void {
  let left: Packet[] = []
  connection.on('flush', packets => {
    if (connection.transport.name !== 'polling') return
    const { count, bytes } = portionOf(packets)
    // The last answer may contain the reason why the connection closes.
    const isLast = connection.readyState === 'closing'
    if (bytes <= smallBytes || isLast || pace.mayAnswer()) {
      left = packets.splice(count)
      if (bytes > smallBytes) pace.count(bytes)
    } else left = packets.splice(0, packets.length, { ...noop })
  })
  // In the same turn of the event loop.
  connection.on('drain', () => {
    if (left.length === 0) return
    const inside = connection as unknown as { writeBuffer: Packet[] }
    inside.writeBuffer = [...left, ...inside.writeBuffer]
    left = []
  })
}

/** How many of the packets fit into one answer, at least one, and what they weigh. */
function portionOf(packets: readonly Packet[]): { count: number; bytes: number } {
  let bytes = 0
  for (const [count, { data }] of packets.entries()) {
    const more = data ? Buffer.byteLength(data) : 0
    if (count > 0 && bytes + more > mostBytes) return { count, bytes }
    bytes += more
  }
  return { count: packets.length, bytes }
}

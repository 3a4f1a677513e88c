import type { Line } from './lines.ts'
import type { Packet } from './shared-payloads.ts'

/** So many bytes go into one answer to a poll, or one packet. */
const mostBytes = 1024 * 1024
/** An answer of up to so many bytes is always given: pings and goodbyes are among them. */
const smallBytes = 16 * 1024
/** Engine.IO's packet that says nothing; its client polls again. */
const noop: Packet = { type: 'noop' }

/** How fast large answers may be given. */
export interface PortionPace {
  mayAnswer(): boolean
  count(bytes: number): void
}

/**
 * Keeps the answers of a line that polls short: Engine.IO puts all that waits into one. What is left waits for the next
 * GET, and so does all of it when the pace allows no large answer now: then the answer is empty. Of a line that is being
 * closed this is the last or the last but one; its client resumes.
 */
export function answerInPortions(line: Line, pace: PortionPace): void {
  let left: Packet[] = []
  line.on('flush', packets => {
    if (line.transport.name !== 'polling') return
    const { count, bytes } = portionOf(packets)
    if (bytes <= smallBytes || pace.mayAnswer()) {
      left = packets.splice(count)
      if (bytes > smallBytes) pace.count(bytes)
    } else left = packets.splice(0, packets.length, { ...noop })
  })
  // In the same turn of the event loop.
  line.on('drain', () => {
    if (left.length === 0) return
    const inside = line as unknown as { writeBuffer: Packet[] }
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

import type { Line } from './lines.ts'
import type { Packet } from './shared-payloads.ts'

/** So many bytes go into one answer to a poll, or one packet. */
const mostBytes = 1024 * 1024

/**
 * Keeps the answers of a line that polls short: Engine.IO puts all that waits into one. What is left waits for the next
 * GET. Of a line that is being closed this is the last or the last but one; its client resumes.
 */
export function answerInPortions(line: Line): void {
  let left: Packet[] = []
  line.on('flush', packets => {
    if (line.transport.name === 'polling') left = packets.splice(countOf(packets))
  })
  // In the same turn of the event loop.
  line.on('drain', () => {
    if (left.length === 0) return
    const inside = line as unknown as { writeBuffer: Packet[] }
    inside.writeBuffer = [...left, ...inside.writeBuffer]
    left = []
  })
}

function countOf(packets: readonly Packet[]): number {
  let bytes = 0
  const beyond = packets.findIndex(
    ({ data }, nth) => (bytes += data ? Buffer.byteLength(data) : 0) > mostBytes && nth > 0,
  )
  return beyond === -1 ? packets.length : beyond
}

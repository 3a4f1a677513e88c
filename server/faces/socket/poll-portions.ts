import type { ClientConnection } from './connections.ts'
import type { Packet } from './shared-payloads.ts'

/** The most bytes in one answer to a poll, unless a single packet is larger. */
const mostBytes = 1024 * 1024

/**
 * Limits the size of the answers of a polling connection; Engine.IO puts everything that waits into one answer. The
 * rest waits for the next GET. On a connection that is closing, the client may not get the rest; it resumes later.
 */
export function answerInPortions(connection: ClientConnection): void {
  let left: Packet[] = []
  connection.on('flush', packets => {
    if (connection.transport.name === 'polling') left = packets.splice(countOf(packets))
  })
  // In the same turn of the event loop.
  connection.on('drain', () => {
    if (left.length === 0) return
    const inside = connection as unknown as { writeBuffer: Packet[] }
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

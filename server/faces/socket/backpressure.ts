import type { MemberSocket } from './member.ts'

/** A line that takes nothing for so long is given up: what is meant for it must not pile up here. */
const stalledMs = 5_000

type Line = MemberSocket['conn']

/** Engine.IO's own, and private only to TypeScript: packets that the transport has not been handed yet. */
const queued = (line: Line): number => (line as unknown as { writeBuffer: unknown[] }).writeBuffer.length

/**
 * Resolves when the line has taken what was sent to it before: true, or false when it is closed; one that is stalled is
 * closed here. Packets wait in the queue for as long as the transport is busy with those before them, so that a sender
 * who waits here has at most two batches in memory.
 */
export async function drained(line: Line): Promise<boolean> {
  while (line.readyState === 'open' && queued(line) > 0) {
    if (await moves(line)) continue
    // From here on nothing more is accepted; then at once and without what is queued, for that does not move.
    line.close()
    line.close(true)
  }
  return line.readyState === 'open'
}

/** Whether the line takes something, or closes, in time. */
function moves(line: Line): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const yes = () => resolve(true)
  const stalled = setTimeout(() => resolve(false), stalledMs)
  line.once('drain', yes)
  line.once('close', yes)
  return promise.finally(() => {
    clearTimeout(stalled)
    line.off('drain', yes)
    line.off('close', yes)
  })
}

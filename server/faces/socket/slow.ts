import type { Member } from './member.ts'
import type { Roster } from './roster.ts'

/** Packets waiting for a socket from which on it is watched; `ws.bufferedAmount` does not show them. */
const mostWaiting = 1_000
/** For so long may a watched socket take nothing at all. */
const patienceMs = 5_000
const everyMs = 1_000

/**
 * Closes sockets that have stopped reading: what is live for them would pile up in memory. Their clients lose nothing,
 * for they resume from the log when they read again.
 */
export function createSlowWatch({ roster }: { roster: Roster }) {
  const stuck = new WeakMap<Member, { drains: number; since: number }>()
  const timer = setInterval(() => {
    const now = performance.now()
    for (const member of [...roster.all()]) look(member, now)
  }, everyMs)
  timer.unref()

  function look(member: Member, now: number) {
    if (waiting(member) <= mostWaiting) return void stuck.delete(member)
    const seen = stuck.get(member)
    if (!seen || seen.drains !== member.drains) stuck.set(member, { drains: member.drains, since: now })
    // Without what is queued: closing would wait for that, and it does not move.
    else if (now - seen.since >= patienceMs) member.socket.conn.close(true)
  }

  return { stop: () => clearInterval(timer) }
}

/** Engine.io keeps it to itself, but nothing public tells as much. */
const waiting = ({ socket }: Member): number =>
  (socket.conn as unknown as { writeBuffer: unknown[] }).writeBuffer.length

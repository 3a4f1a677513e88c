import { setTimeout as sleep } from 'node:timers/promises'
import { restartSocket } from './lifetime.ts'
import type { Member } from './member.ts'
import type { Roster } from './roster.ts'

/** The time per client, and the most for all of them, so that they do not all reconnect to another instance at once. */
const eachMs = 25
const mostMs = 5_000

/**
 * Empties an instance that is stopping. Each client is told when to leave (`draining`), gets all events until then, and
 * is disconnected then if it has not left by itself. Resolves when all are gone; a client that does not take its last
 * messages is dropped some seconds later.
 */
export async function drainSockets(roster: Roster): Promise<void> {
  const members = [...roster.all()]
  const spread = Math.min(members.length * eachMs, mostMs)
  await Promise.all(
    members.map(async (member: Member, nth) => {
      const retry_in_ms = Math.round(((nth + Math.random()) * spread) / members.length)
      member.socket.emit('draining', { retry_in_ms })
      await sleep(retry_in_ms)
      restartSocket(member)
      await gone(member)
    }),
  )
}

async function gone({ socket: { conn: connection } }: Member): Promise<void> {
  if (connection.readyState !== 'closed') await new Promise<void>(resolve => connection.once('close', () => resolve()))
}

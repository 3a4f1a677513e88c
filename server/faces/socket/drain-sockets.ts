import { setTimeout as sleep } from 'node:timers/promises'
import { restartSocket } from './lifetime.ts'
import type { Member } from './member.ts'
import type { Roster } from './roster.ts'

/** So long for each client, and for all of them at most: they should not all be at another instance's door at once. */
const eachMs = 25
const mostMs = 5_000

/**
 * Empties an instance that is going: each client is told when to go (`draining`), hears everything until then, and is
 * closed then if it has not gone by itself. Resolves when all are gone: who does not take a farewell, some seconds later.
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

async function gone({ socket: { conn: line } }: Member): Promise<void> {
  if (line.readyState !== 'closed') await new Promise<void>(resolve => line.once('close', () => resolve()))
}

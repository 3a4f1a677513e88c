import { readableIdsOf } from '../../features/projects/index.ts'
import type { SessionStanding } from '../../features/accounts/index.ts'
import type { KeyStanding } from '../../features/keys/index.ts'
import { isAdministrator } from '../../kernel/can.ts'
import type { Connection } from '../../ports/database.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Member } from './member.ts'
import type { Roster } from './roster.ts'

export interface SweepDeps {
  database: Connection
  roster: Roster
  sessionStandings: (ids: readonly string[]) => Promise<Map<string, SessionStanding>>
  keyStandings: (ids: readonly number[]) => Promise<Map<number, KeyStanding>>
  end: (member: Member, reason: 'session_ended' | 'account_disabled' | 'unauthenticated') => void
  restart: (member: Member) => void
  log: Logger
  sweepMs?: number | undefined
}

const everyMs = 30_000
/** The number of sockets that are compared with one set of statements. */
const atOnce = 1_000

/**
 * Compares live sockets with the database, as a safety net under the fences: should an instance ever miss the end of a
 * right, nobody keeps that right for longer than this. A member whose change the log merely delivers a moment later is
 * restarted unnecessarily, and loses nothing.
 */
export function createSweep(deps: SweepDeps) {
  const { database, roster, sessionStandings, keyStandings, end, restart, log, sweepMs = everyMs } = deps
  let sweeping = false
  const timer = setInterval(() => {
    if (sweeping) return
    sweeping = true
    sweep()
      .catch(error => log.debug({ err: error }, 'sockets could not be compared with the database; trying again'))
      .finally(() => (sweeping = false))
  }, sweepMs)
  timer.unref()

  async function sweep() {
    const members = [...roster.all()]
    for (let first = 0; first < members.length; first += atOnce) await compare(members.slice(first, first + atOnce))
  }

  async function compare(members: Member[]) {
    const versions = members.map(({ rightsVersion }) => rightsVersion)
    const ordinary = members.filter(({ rights }) => !rights.admin).map(({ person }) => person.id)
    const sessions = members.flatMap(({ sessionId }) => sessionId ?? [])
    const keys = members.flatMap(({ key }) => key?.id ?? [])
    const [ofSessions, ofKeys, readable] = await Promise.all([
      sessionStandings([...new Set(sessions)]),
      keyStandings([...new Set(keys)]),
      readableIdsOf(database, [...new Set(ordinary)]),
    ])
    members.forEach((member, nth) => {
      const { sessionId, key } = member
      const ofKey = key && ofKeys.get(key.id)
      const standing = ofKey ?? ofSessions.get(sessionId ?? '')
      if (member.closed || !standing) return
      if ('over' in standing) return end(member, standing.over)
      // The log has changed the rights meanwhile, so they are newer than what was read.
      if (member.rightsVersion !== versions[nth]) return
      const outdated =
        isAdministrator(standing) !== member.rights.admin ||
        !sameProjects(member, readable) ||
        (ofKey !== undefined && 'permissions' in ofKey && !isSame(ofKey.permissions, key!.permissions))
      if (!outdated) return
      log.info({ user_id: member.person.id }, 'a socket with outdated rights is restarted')
      restart(member)
    })
  }

  return { stop: () => clearInterval(timer) }
}

const isSame = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every(permission => other.includes(permission))

/** Before its first join the rights of a member have not been loaded. */
function sameProjects({ rights, person, rooms }: Member, readable: Map<number, Set<number>>): boolean {
  if (rights.admin || rooms.size === 0) return true
  const now = readable.get(person.id)
  return !now || (now.size === rights.projects.size && [...now].every(id => rights.projects.has(id)))
}

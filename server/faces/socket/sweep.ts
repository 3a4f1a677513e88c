import { readableIdsOf } from '../../features/projects/index.ts'
import type { SessionStanding } from '../../features/accounts/index.ts'
import type { Connection } from '../../ports/database.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Member } from './member.ts'
import type { Roster } from './roster.ts'

export interface SweepDeps {
  database: Connection
  roster: Roster
  sessionStandings: (ids: readonly string[]) => Promise<Map<string, SessionStanding>>
  end: (member: Member, reason: 'session_ended' | 'account_disabled') => void
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
export function createSweep({ database, roster, sessionStandings, end, restart, log, sweepMs = everyMs }: SweepDeps) {
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
    const [standings, readable] = await Promise.all([
      sessionStandings([...new Set(members.map(({ sessionId }) => sessionId))]),
      readableIdsOf(database, [...new Set(ordinary)]),
    ])
    members.forEach((member, nth) => {
      const standing = standings.get(member.sessionId)
      if (member.closed || !standing) return
      if ('over' in standing) return end(member, standing.over)
      // The log has changed the rights meanwhile, so they are newer than what was read.
      if (member.rightsVersion !== versions[nth]) return
      const outdated = (standing.role === 'admin') !== member.rights.admin || !sameProjects(member, readable)
      if (!outdated) return
      log.info({ user_id: member.person.id }, 'a socket with outdated rights is restarted')
      restart(member)
    })
  }

  return { stop: () => clearInterval(timer) }
}

/** Before its first join the rights of a member have not been loaded. */
function sameProjects({ rights, person, rooms }: Member, readable: Map<number, Set<number>>): boolean {
  if (rights.admin || rooms.size === 0) return true
  const now = readable.get(person.id)
  return !now || (now.size === rights.projects.size && [...now].every(id => rights.projects.has(id)))
}

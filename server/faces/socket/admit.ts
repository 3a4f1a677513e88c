import { clientAddress } from '../../kernel/client-address.ts'
import { AppError } from '../../kernel/errors.ts'
import { identify, isLoopback, type Known } from './handshake.ts'
import type { Member, MemberSocket } from './member.ts'
import type { Roster } from './roster.ts'
import type { Traffic } from './traffic.ts'

/** So many calls of a person could be refused again before one opens a new socket: after a flood that takes seconds. */
const calm = 250
/** Whoever owes so many bytes opens no new socket to send more on. */
const mostOwedMs = 2_000

export interface AdmitDeps {
  roster: Roster
  traffic: Traffic
  maxSocketsPerUser: number
  /** Loopback is exempt: that is where a proxy without X-Forwarded-For, and every test, connects from. */
  maxSocketsPerIp: number
  trustProxy: number
  authenticate: (token: string) => Promise<Known>
  sessionAccess: (sessionId: string) => Promise<Pick<Known, 'person' | 'expiresAt'>>
}

/** Makes a member of a socket, if it may connect: in `socket.data`, and in the roster. */
export function createAdmit({ roster, traffic, ...deps }: AdmitDeps) {
  return async (socket: MemberSocket): Promise<void> => {
    const { person, sessionId, expiresAt, bulk } = await identify(socket, deps.authenticate)
    if (roster.ofPerson(person.id).size >= deps.maxSocketsPerUser) {
      throw new AppError('rate_limited', `A person may have at most ${deps.maxSocketsPerUser} open sockets.`)
    }
    // Also for who was closed for sending too much: the budget is the person's, and a new socket does not renew it.
    const isCalm = traffic.refusals.has(person.id, calm) && traffic.bytes.debtMs(person.id) < mostOwedMs
    if (!traffic.connects.take(person.id) || !isCalm) {
      throw new AppError('rate_limited', 'Too many sockets or calls in a short time; come back later.')
    }
    const address = clientAddress(socket.request, deps.trustProxy)
    if (!isLoopback(address) && roster.ofAddress(address).size >= deps.maxSocketsPerIp) {
      throw new AppError('rate_limited', `One address may have at most ${deps.maxSocketsPerIp} open sockets.`)
    }
    const member: Member = {
      socket,
      person,
      sessionId,
      address,
      expiresAt,
      bulk,
      rights: { personId: person.id, admin: person.role === 'admin', projects: new Set() },
      rightsVersion: 0,
      rooms: new Map(),
      personAfter: 0,
      started: false,
      live: false,
      behindFrom: null,
      turn: Promise.resolve(),
      pending: 0,
      closed: false,
    }
    // A line that closed while we looked would never say so again, and be counted for ever.
    if (socket.conn.readyState !== 'open') throw new AppError('unavailable', 'The connection is gone.')
    // Known from here on, so that a session that ends while the connection is being made ends this one too.
    socket.data.member = member
    roster.add(member)
    const gone = () => roster.remove(member)
    socket.conn.once('close', gone)
    // One line may make and end many sockets.
    socket.once('disconnect', () => socket.conn.off('close', gone))
    // Asked again: what changed between the first answer and the roster reached nobody.
    const now = await deps.sessionAccess(sessionId)
    member.person = now.person
    member.rights = { ...member.rights, admin: now.person.role === 'admin' }
  }
}

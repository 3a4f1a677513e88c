import { createElsewhere } from '../../kernel/address-list.ts'
import { isAdministrator } from '../../kernel/can.ts'
import { clientAddress } from '../../kernel/client-address.ts'
import { AppError } from '../../kernel/errors.ts'
import { type Authenticators, credentialsOf, isLoopback, type Shown } from './handshake.ts'
import { endedError } from './lifetime.ts'
import type { KnownSession } from '../../kernel/known.ts'
import type { CallKey } from '../../kernel/scope.ts'
import type { Member, MemberSocket } from './member.ts'
import type { Roster } from './roster.ts'
import type { Traffic } from './traffic.ts'

/**
 * A person may open a socket when at least this many further calls could be refused; after a flood of calls that takes
 * seconds.
 */
const calm = 250
/** A person with a larger debt of bytes may not open a new socket. */
const mostOwedMs = 2_000

export interface AdmitDeps extends Authenticators {
  roster: Roster
  traffic: Traffic
  maxSocketsPerUser: number
  /** Loopback is exempt, because a proxy without X-Forwarded-For, and every test, connects from there. */
  maxSocketsPerIp: number
  trustProxy: number
  /** Addresses and ranges from which administrators may administer; all when there are none. */
  adminAddresses: readonly string[]
  /** @throws AppError while nobody may connect, because the data are being replaced */
  assertOpen: () => void
  sessionAccess: (sessionId: string) => Promise<Pick<KnownSession, 'person' | 'expiresAt'>>
}

/** Makes a member of a socket, if it may connect, and stores it in `socket.data` and in the roster. */
export function createAdmit({ roster, traffic, ...deps }: AdmitDeps) {
  const isElsewhere = createElsewhere(deps.adminAddresses, deps.trustProxy)
  return admit

  async function admit(socket: MemberSocket): Promise<void> {
    deps.assertOpen()
    const { bulk, identify } = credentialsOf(socket, deps)
    const { person, sessionId, key, expiresAt } = await identify()
    if (roster.ofPerson(person.id).size >= deps.maxSocketsPerUser) {
      throw new AppError('rate_limited', `A person may have at most ${deps.maxSocketsPerUser} open sockets.`)
    }
    // This also covers clients that were closed for sending too much: the budget belongs to the person, so a new socket
    // does not renew it.
    const isCalm = traffic.refusals.has(person.id, calm) && traffic.bytes.debtMs(person.id) < mostOwedMs
    if (!traffic.connects.take(person.id) || !isCalm) {
      throw new AppError('rate_limited', 'Too many sockets or calls in a short time; try again later.')
    }
    const address = clientAddress(socket.request, deps.trustProxy)
    if (!isLoopback(address) && roster.ofAddress(address).size >= deps.maxSocketsPerIp) {
      throw new AppError('rate_limited', `One address may have at most ${deps.maxSocketsPerIp} open sockets.`)
    }
    const member: Member = {
      socket,
      person,
      sessionId,
      key,
      address,
      isElsewhere: isElsewhere(socket.request),
      expiresAt,
      bulk,
      rights: { personId: person.id, admin: isAdministrator(person), projects: new Set(), ...permissionsOf(key) },
      rightsVersion: 0,
      rooms: new Map(),
      personAfter: 0,
      started: false,
      live: false,
      behindFrom: null,
      turn: Promise.resolve(),
      pending: 0,
      ended: null,
      closed: false,
    }
    // A connection that closed during the lookup would never report its end, and would be counted for ever.
    if (socket.conn.readyState !== 'open') throw new AppError('unavailable', 'The connection is closed.')
    // Added before the last check, so that the end of a session ends a connection that is still being established.
    socket.data.member = member
    roster.add(member)
    const { conn } = socket
    const gone = () => {
      roster.remove(member)
      // One connection may open and close many sockets.
      conn.off('close', gone)
    }
    conn.once('close', gone)
    socket.once('disconnect', () => conn.off('close', gone))
    await checkAgain(member, identify).catch(error => {
      gone()
      throw error
    })
  }

  /** A change between the first check and the entry in the roster reached no socket. */
  async function checkAgain(member: Member, identify: Shown['identify']): Promise<void> {
    const now = member.sessionId === null ? await identify() : await deps.sessionAccess(member.sessionId)
    // What was read may be older than the end that the log has brought meanwhile.
    if (member.ended) throw endedError(member.ended)
    member.person = now.person
    member.rights = { ...member.rights, admin: isAdministrator(now.person) }
    if (!('key' in now) || !now.key) return
    member.key = now.key
    member.expiresAt = now.expiresAt
    member.rights = { ...member.rights, ...permissionsOf(now.key) }
  }
}

const permissionsOf = (key: CallKey | undefined) => (key ? { permissions: new Set(key.permissions) } : {})

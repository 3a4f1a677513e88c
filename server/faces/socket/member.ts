import type { Server, Socket } from 'socket.io'
import type { ErrorCode, Room, User } from '../../../contract/index.ts'
import type { Rights } from '../../events/index.ts'
import type { CallKey, PublicScope } from '../../kernel/scope.ts'

/** A connected client: its person, the rooms that it joined, and its position in the log. */
export interface Member {
  socket: MemberSocket
  person: User
  /** Null when it connected with an API key. */
  sessionId: string | null
  /** The API key that it connected with. Another set of permissions closes its socket. */
  key: CallKey | undefined
  /** The client's address, as the trusted proxies in front report it. */
  address: string
  /** The address is none from which administrators may administer. */
  isElsewhere: boolean
  /** When its access token expires, which may be renewed; or its API key, which may do so never. */
  expiresAt: string | null
  /** Whether it wants a bulk operation as one message. */
  bulk: boolean
  /** As of the last join; the log keeps them up to date after that. */
  rights: Rights
  /** Rises with each change of the rights. Code that read them from the database meanwhile reads them again. */
  rightsVersion: number
  /** The joined rooms. The member has got, or is getting, all events of a room after the given offset. */
  rooms: Map<string, { room: Room; after: number }>
  /** The same offset for events that concern its person, which it gets whatever rooms it joined. */
  personAfter: number
  /**
   * Whether it has been live once. Until its first join, or a moment without one, it gets nothing, because a resume
   * comes first.
   */
  started: boolean
  /** Live means that it sits in the internal rooms. Otherwise a join is reading the log for it. */
  live: boolean
  /**
   * The offset at which live delivery stopped because its connection was too slow; null when the member has caught up.
   */
  behindFrom: number | null
  /** Joins and leaves of one socket run one after the other. */
  turn: Promise<unknown>
  /** Calls that are running or waiting. */
  pending: number
  /** Why it was ended, if it was. */
  ended: EndCode | null
  closed: boolean
}

/** Why a connection is ended for good. */
export type EndCode = Extract<ErrorCode, 'session_ended' | 'account_disabled' | 'token_expired' | 'unauthenticated'>

/** Who calls over a socket, as it was known at the last call. */
export const callerOf = (member: Member, requestId: string): PublicScope => ({
  person: member.person,
  sessionId: member.sessionId,
  ...(member.key && { key: member.key }),
  requestId,
  address: member.address,
  isElsewhere: member.isElsewhere,
  userAgent: String(member.socket.handshake.headers['user-agent'] ?? ''),
})

/** A call that has waited longer than this is not started when its socket is closed. */
const lateMs = 1_000

/**
 * Whether a call that arrived at `cameAt` (of `performance.now`) would be executed for nobody. A call that was sent
 * just before the client disconnected is still executed.
 */
export const isForNobody = ({ closed }: Pick<Member, 'closed'>, cameAt: number): boolean =>
  closed && performance.now() - cameAt > lateMs

/** The types of events are checked where events are made (contract); here names and payloads are only passed on. */
export type SocketServer = Server<
  Record<string, never>,
  Record<string, (...args: unknown[]) => void>,
  Record<string, (message: unknown) => void>,
  { member: Member }
>
export type MemberSocket = Socket<
  Record<string, never>,
  Record<string, (...args: unknown[]) => void>,
  Record<string, (message: unknown) => void>,
  { member: Member }
>

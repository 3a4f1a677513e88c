import type { Server, Socket } from 'socket.io'
import type { Room, User } from '../../../contract/index.ts'
import type { Rights } from '../../events/index.ts'

/** A connected client: who it is, what it joined, and where it is in the log. */
export interface Member {
  socket: MemberSocket
  person: User
  sessionId: string
  /** Where it connects from, as far as the proxies in front are believed. */
  address: string
  /** When its access token ends; it may be renewed. */
  expiresAt: string
  /** It wants a bulk operation as one message. */
  bulk: boolean
  /** As of the last join, and kept up to date by the log since then. */
  rights: Rights
  /** Rises with each change of its rights: whoever read them from the database meanwhile reads again. */
  rightsVersion: number
  /** What it joined, and the offset after which it has got, or is getting, everything of each. */
  rooms: Map<string, { room: Room; after: number }>
  /** The same for what concerns its person, which it gets whatever it joined. */
  personAfter: number
  /** It has been live once. Until its first join, or a moment without one, it gets nothing: a resume comes first. */
  started: boolean
  /** Live: it sits in the internal rooms. Otherwise a join is reading the log for it. */
  live: boolean
  /** Its line was too slow for what is live: where in the log it was taken off, until it has been caught up. */
  behindFrom: number | null
  /** Joins and leaves of one socket happen one after the other. */
  turn: Promise<unknown>
  /** Calls that are being worked on or wait. */
  pending: number
  closed: boolean
}

/** A call that has waited for so long is not begun any more once its socket is gone. */
const lateMs = 1_000

/**
 * Whether a call that came at `cameAt` (of `performance.now`) would be done for nobody. What was asked just before a
 * goodbye is still done.
 */
export const isForNobody = ({ closed }: Pick<Member, 'closed'>, cameAt: number): boolean =>
  closed && performance.now() - cameAt > lateMs

/** The events are checked where they are made and sent (contract); here names and payloads are just passed on. */
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

import { randomUUID } from 'node:crypto'
import type { ErrorCode } from '../../../contract/index.ts'
import { apiError } from '../../kernel/api-error.ts'
import { AppError } from '../../kernel/errors.ts'
import { closeLine } from './backpressure.ts'
import type { Member, MemberSocket } from './member.ts'

type EndCode = Extract<ErrorCode, 'session_ended' | 'account_disabled' | 'token_expired'>

const messages: Record<EndCode, string> = {
  session_ended: 'The session has ended.',
  account_disabled: 'The account is disabled.',
  token_expired: 'The access token has expired.',
}

/** Says why, then closes for good: the client does not come back by itself, for it has to get a token first. */
export function endSocket(member: Member, code: EndCode): void {
  member.socket.emit('error', apiError(new AppError(code, messages[code]), randomUUID()).body)
  member.socket.disconnect(true)
}

/** Closes the line only: the client comes back by itself and resumes. */
export const restartSocket = (member: Member): void => closeLine(member.socket.conn)

const offences = {
  rate_limited: 'Too many calls in a short time; come back later.',
  validation_error: 'This is not sent by a client.',
}

/** Says why, then closes the line of a client that sends what is not to be borne; it may come back by itself. */
export function closeOffender(member: Member, code: keyof typeof offences): void {
  if (member.closed) return
  member.socket.emit('error', apiError(new AppError(code, offences[code]), randomUUID()).body)
  member.closed = true
  closeLine(member.socket.conn)
}

/** Ends each socket with its access token, unless that was renewed. */
export function createExpiry(end: (member: Member) => void) {
  const timers = new Map<Member, NodeJS.Timeout>()
  /** Node's timers count in 32 bits. */
  const longestMs = 2 ** 31 - 1

  function watch(member: Member) {
    forget(member)
    const ms = Date.parse(member.expiresAt) - Date.now()
    timers.set(
      member,
      setTimeout(() => (ms > longestMs ? watch(member) : end(member)), Math.min(Math.max(ms, 0), longestMs)),
    )
  }
  function forget(member: Member) {
    clearTimeout(timers.get(member))
    timers.delete(member)
  }
  return { watch, forget }
}

/**
 * For how long a person whose last line is gone is still said to be there. A page that was closed or reloaded says
 * goodbye (a close frame, or a disconnect packet); a line that broke may come back soon; one that fell silent has been
 * silent for 15 s already.
 */
export function graceAfter(reason: string, cleanClose: boolean): number {
  if (reason === 'client namespace disconnect' || cleanClose) return 1_500
  if (reason === 'server namespace disconnect') return 0
  return reason === 'ping timeout' ? 8_000 : 10_000
}

/** ws's own: nothing public tells a line that was closed from one that failed while it was being closed. */
interface Ws {
  readonly ['_closeFrameReceived']?: boolean
}

/** Whether the WebSocket under a socket was closed with a close frame; asked when it is gone. */
export function watchClose(socket: MemberSocket): () => boolean {
  const current = () => (socket.conn.transport as unknown as { socket?: Ws }).socket
  // Kept, because an upgrade from polling brings another, and a transport that is gone forgets its own.
  let ws = current()
  const upgraded = () => (ws = current())
  socket.conn.once('upgrade', upgraded)
  socket.once('disconnect', () => socket.conn.off('upgrade', upgraded))
  return () => ws?.['_closeFrameReceived'] === true
}

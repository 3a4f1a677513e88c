import { randomUUID } from 'node:crypto'
import { apiError } from '../../kernel/api-error.ts'
import { AppError } from '../../kernel/errors.ts'
import { closeConnection } from './backpressure.ts'
import type { EndCode, Member, MemberSocket } from './member.ts'

const messages: Record<EndCode, string> = {
  session_ended: 'The session has ended.',
  account_disabled: 'The account is disabled.',
  token_expired: 'The access token has expired.',
  unauthenticated: 'The API key works no more.',
}

export const endedError = (code: EndCode) => new AppError(code, messages[code])

/**
 * Sends the reason, then closes for good: the client does not reconnect by itself, because it needs a new token first.
 * Socket.IO does not disconnect a socket that is still being let in; `ended` has it refused then.
 */
export function endSocket(member: Member, code: EndCode): void {
  member.ended = code
  if (!member.socket.connected) return
  member.socket.emit('error', apiError(endedError(code), randomUUID()).body)
  member.socket.disconnect(true)
}

/** Closes the connection only; the client reconnects by itself and resumes. */
export const restartSocket = (member: Member): void => closeConnection(member.socket.conn)

const offences = {
  rate_limited: 'Too many calls in a short time; try again later.',
  validation_error: 'Clients must not send this.',
}

/**
 * Sends the reason, then closes the connection of a client that breaks the rules; the client may reconnect by itself.
 */
export function closeOffender(member: Member, code: keyof typeof offences): void {
  if (member.closed) return
  member.socket.emit('error', apiError(new AppError(code, offences[code]), randomUUID()).body)
  member.closed = true
  closeConnection(member.socket.conn)
}

/** Ends each socket when its access token expires, unless the token was renewed; and when its API key expires. */
export function createExpiry(end: (member: Member) => void) {
  const timers = new Map<Member, NodeJS.Timeout>()
  /** Node's timers have 32 bits. */
  const longestMs = 2 ** 31 - 1

  function watch(member: Member) {
    forget(member)
    // A renewal may be answered after the socket has closed, and nothing would take the timer back.
    if (member.closed || member.expiresAt === null) return
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
 * How long a person is still shown as present after the last connection has ended. A page that was closed or reloaded
 * announces its end (a close frame, or a disconnect packet); a broken connection may come back soon; a connection that
 * timed out has been silent for 15 s already.
 */
export function graceAfter(reason: string, cleanClose: boolean): number {
  if (reason === 'client namespace disconnect' || cleanClose) return 1_500
  if (reason === 'server namespace disconnect') return 0
  return reason === 'ping timeout' ? 8_000 : 10_000
}

/**
 * Private to ws: no public interface distinguishes a connection that was closed from one that failed during closing.
 */
interface Ws {
  readonly ['_closeFrameReceived']?: boolean
}

/** Whether the WebSocket of a socket was closed with a close frame; to be asked after its end. */
export function watchClose(socket: MemberSocket): () => boolean {
  const current = () => (socket.conn.transport as unknown as { socket?: Ws }).socket
  // Kept here, because an upgrade from polling brings another WebSocket, and a closed transport forgets its own.
  let ws = current()
  const upgraded = () => (ws = current())
  socket.conn.once('upgrade', upgraded)
  socket.once('disconnect', () => socket.conn.off('upgrade', upgraded))
  return () => ws?.['_closeFrameReceived'] === true
}

import { limits } from '../../../contract/index.ts'

/** The bytes of a message, and of all messages, before authentication. A token has up to 8,000 characters. */
export const mostBytesOfStrangers = 64 * 1024

/** Private to ws (only for TypeScript). The public option is one size for all connections and their whole life. */
interface WebSocketInside {
  _receiver?: { _maxPayload?: unknown }
}

/**
 * Sets the largest message that a WebSocket accepts from now on. ws closes it (1009) at the head of the frame that
 * exceeds the size, before the frame is kept. If ws no longer has this field, the size of the contract applies, and
 * what unauthenticated clients send is counted when a message is complete (connections.ts).
 */
function limitMessages(webSocket: unknown, bytes: number): void {
  const receiver = (webSocket as WebSocketInside | null | undefined)?.['_receiver']
  if (typeof receiver?.['_maxPayload'] === 'number') receiver['_maxPayload'] = bytes
}

export const limitToStranger = (webSocket: unknown): void => limitMessages(webSocket, mostBytesOfStrangers)
export const limitToMember = (webSocket: unknown): void => limitMessages(webSocket, limits.socketMessageBytes)

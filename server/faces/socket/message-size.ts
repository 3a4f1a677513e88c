import { limits } from '../../../contract/index.ts'

/** Bytes of a message, and of all messages, before somebody has connected on a line: a token has 8,000 characters. */
export const mostBytesOfStrangers = 64 * 1024

/** ws's own, and private only to TypeScript: its public option is one size for all connections, from first to last. */
interface WebSocketInside {
  _receiver?: { _maxPayload?: unknown }
}

/**
 * Sets how large a message a WebSocket takes from now on: ws closes it (1009) at the head of the frame that makes it
 * larger, before that is kept. Where ws has no such field any more the size of the contract stays, and what strangers
 * send is counted when a message is complete (lines.ts).
 */
function limitMessages(webSocket: unknown, bytes: number): void {
  const receiver = (webSocket as WebSocketInside | null | undefined)?.['_receiver']
  if (typeof receiver?.['_maxPayload'] === 'number') receiver['_maxPayload'] = bytes
}

export const limitToStranger = (webSocket: unknown): void => limitMessages(webSocket, mostBytesOfStrangers)
export const limitToMember = (webSocket: unknown): void => limitMessages(webSocket, limits.socketMessageBytes)

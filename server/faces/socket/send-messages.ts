import { type LogEvent, wirePayload } from '../../events/index.ts'
import { frameOf, frameOfEvent, isIdle, lineOf, mostJoinedBytes } from './frames.ts'
import type { MemberSocket } from './member.ts'

/** A message to one socket. Its payload is made when Socket.IO sends it, its frame when it goes straight. */
export interface Outgoing {
  name: string
  payload: () => unknown
  frame: () => Buffer
}

export const outgoingEvent = (event: LogEvent): Outgoing => ({
  name: event.event,
  payload: () => wirePayload(event),
  frame: () => frameOfEvent(event),
})

export const outgoing = (name: string, payload: unknown): Outgoing => ({
  name,
  payload: () => payload,
  frame: () => frameOf(name, payload),
})

export type SendMessages = (socket: MemberSocket, messages: readonly Outgoing[]) => void

/**
 * Sends messages to one socket, in order: joined, straight to its connection as long as that takes them, and the rest
 * through Socket.IO.
 *
 * @param options `direct`: false sends everything through Socket.IO
 */
export function createSendMessages({ direct = true }: { direct?: boolean | undefined } = {}): SendMessages {
  return (socket, messages) => {
    const line = direct ? lineOf(socket) : null
    let next = 0
    while (line && next < messages.length && isIdle(line)) {
      const frames = [messages[next++]!.frame()]
      for (let bytes = frames[0]!.length; next < messages.length; next++) {
        const frame = messages[next]!.frame()
        bytes += frame.length
        if (bytes > mostJoinedBytes) break
        frames.push(frame)
      }
      // A single frame is shared by all who get it.
      line.tcp.write(frames.length === 1 ? frames[0]! : Buffer.concat(frames))
    }
    for (const { name, payload } of messages.slice(next)) socket.emit(name, payload())
  }
}

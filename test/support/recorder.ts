import type { Socket } from 'socket.io-client'

export interface Seen {
  name: string
  payload: any
}

/** Records every event with an offset that a socket gets from now on, in the order of arrival. */
export function recordEvents(socket: Socket): Seen[] {
  const seen: Seen[] = []
  socket.onAny((name: string, payload: any) => {
    if (typeof payload?.offset === 'number') seen.push({ name, payload })
  })
  return seen
}

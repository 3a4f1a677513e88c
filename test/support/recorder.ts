import type { Socket } from 'socket.io-client'

export interface Seen {
  name: string
  payload: any
}

/** Everything that a socket gets from now on that has a place in the log, in the order in which it came. */
export function recordEvents(socket: Socket): Seen[] {
  const seen: Seen[] = []
  socket.onAny((name: string, payload: any) => {
    if (typeof payload?.offset === 'number') seen.push({ name, payload })
  })
  return seen
}

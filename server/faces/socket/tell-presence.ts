import type { PresenceChange } from '../../features/rooms/index.ts'
import type { Broadcaster } from './broadcaster.ts'
import { rooms } from './internal-rooms.ts'
import type { SocketServer } from './member.ts'

/** Sends news of the people in a room to its members on this instance. Nobody is told about themselves. */
export function tellPresence(io: SocketServer, broadcaster: Broadcaster, { event, ...change }: PresenceChange): void {
  const room = rooms.presence(change.room)
  if ('user_id' in change) io.local.to(room).except(rooms.self(change.user_id)).emit(event, change)
  else broadcaster.signal(room, event, change)
}

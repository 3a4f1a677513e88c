import { permissionOfEvent } from '../../../contract/index.ts'
import { type LogEvent, wirePayload } from '../../events/index.ts'
import { bulkMessage, type Message } from './bulk.ts'
import { audienceOf, rooms } from './internal-rooms.ts'
import type { SocketServer } from './member.ts'

/** Sends live events to the sockets of this instance: encoded once, to each socket once, in the order of the log. */
export function createBroadcaster(io: SocketServer) {
  /** The room of the sockets that must not get the event, if there are any. */
  const withheldOf = ({ event }: LogEvent): string[] => {
    const permission = permissionOfEvent(event)
    const room = permission === null ? null : rooms.withheld(permission)
    return room !== null && io.of('/').adapter.rooms.has(room) ? [room] : []
  }
  const emit = (event: LogEvent, skip: string[]) => {
    const { to, except } = audienceOf(event)
    const { rooms: seats } = io.of('/').adapter
    // Socket.IO would encode the event even when nobody receives it.
    if (to.some(seat => seats.has(seat)))
      io.local
        .to(to)
        .except([...except, ...skip, ...withheldOf(event)])
        .emit(event.event, wirePayload(event))
  }

  /**
   * A socket that asked for bulk messages gets one message with the events of the operation that it may see. Few sets
   * of scopes differ, so the message is encoded once per set and not once per socket.
   */
  function emitBulk(message: Extract<Message, { kind: 'bulk' }>) {
    const { rooms: seats } = io.of('/').adapter
    const wanting = seats.get(rooms.bulk)
    if (!wanting) return
    const byScope = Map.groupBy(message.events, event => event.scope)
    const scopesSeen = new Map<string, Set<string>>()
    for (const [scope, [event]] of byScope) {
      for (const seat of audienceOf(event!).to) {
        const withheld = new Set(withheldOf(event!).flatMap(room => [...(seats.get(room) ?? [])]))
        for (const id of seats.get(seat) ?? []) {
          if (!wanting.has(id) || withheld.has(id)) continue
          const scopes = scopesSeen.get(id) ?? new Set()
          scopesSeen.set(id, scopes.add(scope))
        }
      }
    }
    const alike = Map.groupBy(scopesSeen.keys(), id => [...scopesSeen.get(id)!].join())
    for (const ids of alike.values()) {
      const scopes = scopesSeen.get(ids[0]!)!
      const { name, payload } = bulkMessage(
        message.of,
        message.events.filter(({ scope }) => scopes.has(scope)),
      )
      io.local.to(ids).emit(name, payload)
    }
  }

  return (message: Message): void => {
    if (message.kind === 'single') return emit(message.event, [])
    for (const event of message.events) emit(event, [rooms.bulk])
    emitBulk(message)
  }
}

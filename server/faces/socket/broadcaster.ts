import { permissionOfEvent } from '../../../contract/index.ts'
import { type LogEvent, wirePayload } from '../../events/index.ts'
import { bulkMessage, type Message } from './bulk.ts'
import { frameOf, frameOfEvent, isCurrent, isIdle, type Line, lineOf, mostJoinedBytes } from './frames.ts'
import { audienceOf, rooms } from './internal-rooms.ts'
import type { MemberSocket, SocketServer } from './member.ts'

/** The rooms whose sockets get something, and those whose sockets do not, even if they are in one of the others. */
interface Receivers {
  to: string[]
  except: string[]
}

/**
 * Sends live events to the sockets of this instance: encoded once, to each socket once, in the order of the log. Events
 * that follow one another and go to the same receivers are sent with one write, straight to the connection of each
 * client that takes what it gets.
 *
 * @param options `direct`: false sends everything through Socket.IO
 */
export function createBroadcaster(io: SocketServer, { direct = true }: { direct?: boolean | undefined } = {}) {
  const { adapter, sockets } = io.of('/')
  let waiting: { receivers: Receivers; key: string; events: LogEvent[]; frames: Buffer[]; bytes: number } | null = null
  let queued = new Set<MemberSocket>()
  const lines = new Map<string, Line>()
  // A socket is in a room of its own id as long as it lives.
  adapter.on('delete-room', (id: string) => lines.delete(id))

  function lineTo(id: string): Line | null {
    const known = lines.get(id)
    if (known && isCurrent(known)) return known
    const socket = direct ? sockets.get(id) : undefined
    const line = socket ? lineOf(socket) : null
    if (line) lines.set(id, line)
    return line
  }

  /** The room of the sockets that must not get the event, if there are any. */
  const withheldOf = ({ event }: LogEvent): string[] => {
    const permission = permissionOfEvent(event)
    const room = permission === null ? null : rooms.withheld(permission)
    return room !== null && adapter.rooms.has(room) ? [room] : []
  }

  function receiversOf(event: LogEvent, skip: string[]): Receivers {
    const { to, except } = audienceOf(event)
    return {
      to: to.filter(seat => adapter.rooms.has(seat)),
      except: [...except, ...skip, ...withheldOf(event)].filter(seat => adapter.rooms.has(seat)),
    }
  }

  function idsIn({ to, except }: Receivers): Iterable<string> {
    const seats = to.map(seat => adapter.rooms.get(seat) ?? new Set<string>())
    if (seats.length === 1 && except.length === 0) return seats[0]!
    const ids = new Set<string>()
    for (const seat of seats) for (const id of seat) ids.add(id)
    for (const seat of except) for (const id of adapter.rooms.get(seat) ?? []) ids.delete(id)
    return ids
  }

  /** Writes frames to each client that takes what it gets. @returns the ids of the others */
  function write(frames: Buffer, ids: Iterable<string>): string[] {
    const others: string[] = []
    for (const id of ids) {
      const line = lineTo(id)
      if (line && isIdle(line)) line.tcp.write(frames)
      else others.push(id)
    }
    return others
  }

  /** Sends what waits. */
  function flush(): void {
    if (!waiting) return
    const { receivers, events } = waiting
    const frames = Buffer.concat(waiting.frames)
    waiting = null
    const others = write(frames, idsIn(receivers))
    for (const event of others.length > 0 ? events : []) emitTo(others, event.event, wirePayload(event))
  }

  /** Sends what is in the log through Socket.IO. */
  function emitTo(ids: string[], name: string, payload: unknown) {
    io.local.to(ids).emit(name, payload)
    for (const id of ids) {
      const socket = sockets.get(id)
      if (socket) queued.add(socket)
    }
  }

  function emit(event: LogEvent, skip: string[]) {
    const receivers = receiversOf(event, skip)
    if (receivers.to.length === 0) return
    const key = `${receivers.to.join()}-${receivers.except.join()}`
    const frame = frameOfEvent(event)
    if (waiting && (waiting.key !== key || waiting.bytes + frame.length > mostJoinedBytes)) flush()
    waiting ??= { receivers, key, events: [], frames: [], bytes: 0 }
    waiting.events.push(event)
    waiting.frames.push(frame)
    waiting.bytes += frame.length
  }

  /**
   * A socket that asked for bulk messages gets one message with the events of the operation that it may see. Few sets
   * of scopes differ, so the message is encoded once per set and not once per socket.
   */
  function emitBulk(message: Extract<Message, { kind: 'bulk' }>) {
    const wanting = adapter.rooms.get(rooms.bulk)
    if (!wanting) return
    const byScope = Map.groupBy(message.events, event => event.scope)
    const scopesSeen = new Map<string, Set<string>>()
    for (const [scope, [event]] of byScope) {
      for (const id of idsIn(receiversOf(event!, []))) {
        if (!wanting.has(id)) continue
        const scopes = scopesSeen.get(id) ?? new Set()
        scopesSeen.set(id, scopes.add(scope))
      }
    }
    const alike = Map.groupBy(scopesSeen.keys(), id => [...scopesSeen.get(id)!].join())
    for (const ids of alike.values()) {
      const scopes = scopesSeen.get(ids[0]!)!
      const { name, payload } = bulkMessage(
        message.of,
        message.events.filter(({ scope }) => scopes.has(scope)),
      )
      emitTo(ids, name, payload)
    }
  }

  return {
    /** Sends a message, or keeps it for a moment, to be sent together with those that follow. */
    send: (message: Message): void => {
      if (message.kind === 'single') return emit(message.event, [])
      for (const event of message.events) emit(event, [rooms.bulk])
      flush()
      emitBulk(message)
    },
    flush,
    /**
     * Sends a message that is not in the log to everybody in one internal room, which may be thousands. `takeQueued`
     * does not name them, because it is asked only when the log has something new.
     */
    signal: (room: string, name: string, payload: unknown): void => {
      const others = write(frameOf(name, payload), adapter.rooms.get(room) ?? [])
      if (others.length > 0) io.local.to(others).emit(name, payload)
    },
    /** The sockets that got events through Socket.IO since this was last asked: much may be waiting for them. */
    takeQueued: (): Iterable<MemberSocket> => {
      const taken = queued
      queued = new Set()
      return taken
    },
  }
}

export type Broadcaster = ReturnType<typeof createBroadcaster>

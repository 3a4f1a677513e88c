import { createBudgets } from '../../kernel/budgets.ts'
import { closeConnection, dropConnection, endSoonAfterClosing } from './backpressure.ts'
import type { Intake } from './intake.ts'
import { limitToMember, mostBytesOfStrangers } from './message-size.ts'
import type { MemberSocket, SocketServer } from './member.ts'

export type ClientConnection = MemberSocket['conn']
type Engine = SocketServer['engine']

/** The attachments of one call. No call takes any, so this only limits what is read before the call is refused. */
const mostAttachmentBytes = 64 * 1024
const attachmentsMs = 5_000
/** Packets that are not calls: answers to pings, and packets that no client of ours sends. */
const idle = { perSecond: 2, atOnce: 40 }
/** A client that changes the transport sends this once. */
const mostProbes = 3

export interface ConnectionDeps {
  intake: Intake
  /** Called with the bytes that arrive on an authenticated connection. */
  onBytes: (connection: ClientConnection, personId: number, bytes: number) => void
  /** Tells the socket of a connection, if there is one, that the connection is closed because of what it sent. */
  onViolation: (connection: ClientConnection) => void
}

/** Private to TypeScript only. The id and not the connection itself, which a budget would keep in memory. */
const idOf = (connection: ClientConnection) => (connection as unknown as { id: string }).id

type WebSocketInside = NodeJS.EventEmitter & { terminate(): void }

/** A polling transport has no WebSocket. */
const webSocketOf = ({ transport }: { transport: unknown }) => (transport as { socket?: WebSocketInside }).socket

interface Watched {
  personId: number | null
  connects: number
  bytes: number
  probes: number
  violated: boolean
  attachments: { awaited: number; bytes: number; timer: NodeJS.Timeout } | null
}

/**
 * Bounds what a connection may send below the level of calls, where Socket.IO has no bounds: one CONNECT per
 * connection, few packets that are not calls, attachments that arrive completely. Anything else closes the connection.
 */
export function createConnections({ intake, onBytes, onViolation }: ConnectionDeps) {
  const watched = new Map<ClientConnection, Watched>()
  const idlePackets = createBudgets<string>(idle)

  /** Many packets may follow among those that were read already: they are not counted, and nothing more is read. */
  function violate(connection: ClientConnection, state: Watched) {
    if (state.violated) return
    state.violated = true
    void intake.hold(connection, new Promise(() => {}))
    onViolation(connection)
    closeConnection(connection)
  }

  function owe(connection: ClientConnection, bytes: number) {
    const personId = watched.get(connection)?.personId ?? null
    if (personId !== null) onBytes(connection, personId, bytes)
  }

  function take(
    connection: ClientConnection,
    state: Watched,
    { type, data }: { type: string; data?: string | Buffer },
  ) {
    if (state.violated) return
    const bytes = data?.length ?? 0
    // For polling, the bytes of bodies are counted before they are packets.
    if (connection.transport.name !== 'polling') owe(connection, bytes)
    if (state.personId === null && (state.bytes += bytes) > mostBytesOfStrangers) return violate(connection, state)
    if (type !== 'message' || data === undefined)
      return idlePackets.take(idOf(connection)) || violate(connection, state)
    if (typeof data !== 'string') return takeAttachment(connection, state, bytes)
    switch (data[0]) {
      case '0':
        // Socket.IO would repeat the name of another namespace in its refusal, at any length.
        if (++state.connects > 1 || (data.length > 1 && data[1] !== '{')) violate(connection, state)
        return
      case '3':
      case '6':
        // The server never asks for an acknowledgement.
        if (!idlePackets.take(idOf(connection))) return violate(connection, state)
        return data[0] === '6' && awaitAttachments(connection, state, data)
      case '5':
        return awaitAttachments(connection, state, data)
      default:
    }
  }

  function awaitAttachments(connection: ClientConnection, state: Watched, data: string) {
    const awaited = Number.parseInt(data.slice(1, 10))
    if (!(awaited > 0)) return
    clearTimeout(state.attachments?.timer)
    state.attachments = { awaited, bytes: 0, timer: setTimeout(() => violate(connection, state), attachmentsMs) }
  }

  function takeAttachment(connection: ClientConnection, state: Watched, bytes: number) {
    const { attachments } = state
    if (!attachments) return
    attachments.bytes += bytes
    if (--attachments.awaited === 0) {
      clearTimeout(attachments.timer)
      state.attachments = null
    } else if (attachments.bytes > mostAttachmentBytes) violate(connection, state)
  }

  /** WebSocket control frames: ws answers each ping, even when nobody takes the answers. */
  function watchFrames(connection: ClientConnection, state: Watched) {
    const socket = webSocketOf(connection)
    const count = () => state.violated || idlePackets.take(idOf(connection)) || violate(connection, state)
    for (const frame of ['ping', 'pong']) socket?.on(frame, count)
  }

  /**
   * After its listeners Engine.IO continues with a timer, which it clears when the connection or the new transport
   * closes. So neither is closed in this turn of the event loop.
   */
  function takeProbe(connection: ClientConnection, state: Watched, transport: unknown) {
    if (++state.probes !== mostProbes + 1) return
    webSocketOf({ transport })?.terminate()
    setImmediate(() => violate(connection, state))
  }

  function watch(connection: ClientConnection) {
    const state: Watched = { personId: null, connects: 0, bytes: 0, probes: 0, violated: false, attachments: null }
    watched.set(connection, state)
    endSoonAfterClosing(connection, () => state.personId === null)
    connection.on('packet', packet => take(connection, state, packet as never))
    connection.on('upgrading', transport => takeProbe(connection, state, transport))
    watchFrames(connection, state)
    connection.on('upgrade', () => {
      watchFrames(connection, state)
      if (state.personId !== null) limitToMember(webSocketOf(connection))
    })
    connection.once('close', () => {
      clearTimeout(state.attachments?.timer)
      watched.delete(connection)
    })
  }

  return {
    /** Guards all connections from now on. */
    guard: (engine: Engine): void => void engine.on('connection', watch),
    /** Including those that are closing and have not taken their last messages. */
    dropAll: (): void => [...watched.keys()].forEach(dropConnection),
    /** Counts bytes of a body that is not split into packets yet. */
    owe,
    /** The connection is authenticated as this person. */
    belongsTo: (connection: ClientConnection, personId: number): void => {
      const state = watched.get(connection)
      if (!state) return
      state.personId = personId
      limitToMember(webSocketOf(connection))
    },
  }
}

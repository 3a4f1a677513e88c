import { createBudgets } from '../../kernel/budgets.ts'
import { closeLine, dropLine } from './backpressure.ts'
import type { Intake } from './intake.ts'
import { limitToMember, mostBytesOfStrangers } from './message-size.ts'
import type { MemberSocket, SocketServer } from './member.ts'

export type Line = MemberSocket['conn']
type Engine = SocketServer['engine']

/** The attachments of one call. No call takes any, so this only limits what is read before the call is refused. */
const mostAttachmentBytes = 64 * 1024
const attachmentsMs = 5_000
/** Packets that are not calls: answers to pings, and packets that no client of ours sends. */
const idle = { perSecond: 2, atOnce: 40 }
/** A client that changes the transport sends this once. */
const mostProbes = 3

export interface LineDeps {
  intake: Intake
  /** Called with the bytes that arrive on an authenticated connection. */
  onBytes: (line: Line, personId: number, bytes: number) => void
  /** Tells the socket of a connection, if there is one, that the connection is closed because of what it sent. */
  onViolation: (line: Line) => void
}

/** Private to TypeScript only. The id and not the connection itself, which a budget would keep in memory. */
const idOf = (line: Line) => (line as unknown as { id: string }).id

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
export function createLines({ intake, onBytes, onViolation }: LineDeps) {
  const watched = new Map<Line, Watched>()
  const idlePackets = createBudgets<string>(idle)

  /** Many packets may follow among those that were read already: they are not counted, and nothing more is read. */
  function violate(line: Line, state: Watched) {
    if (state.violated) return
    state.violated = true
    void intake.hold(line, new Promise(() => {}))
    onViolation(line)
    closeLine(line)
  }

  function owe(line: Line, bytes: number) {
    const personId = watched.get(line)?.personId ?? null
    if (personId !== null) onBytes(line, personId, bytes)
  }

  function take(line: Line, state: Watched, { type, data }: { type: string; data?: string | Buffer }) {
    if (state.violated) return
    const bytes = data?.length ?? 0
    // For polling, the bytes of bodies are counted before they are packets.
    if (line.transport.name !== 'polling') owe(line, bytes)
    if (state.personId === null && (state.bytes += bytes) > mostBytesOfStrangers) return violate(line, state)
    if (type !== 'message' || data === undefined) return idlePackets.take(idOf(line)) || violate(line, state)
    if (typeof data !== 'string') return takeAttachment(line, state, bytes)
    switch (data[0]) {
      case '0':
        // Socket.IO would repeat the name of another namespace in its refusal, at any length.
        if (++state.connects > 1 || (data.length > 1 && data[1] !== '{')) violate(line, state)
        return
      case '3':
      case '6':
        // The server never asks for an acknowledgement.
        if (!idlePackets.take(idOf(line))) return violate(line, state)
        return data[0] === '6' && awaitAttachments(line, state, data)
      case '5':
        return awaitAttachments(line, state, data)
      default:
    }
  }

  function awaitAttachments(line: Line, state: Watched, data: string) {
    const awaited = Number.parseInt(data.slice(1, 10))
    if (!(awaited > 0)) return
    clearTimeout(state.attachments?.timer)
    state.attachments = { awaited, bytes: 0, timer: setTimeout(() => violate(line, state), attachmentsMs) }
  }

  function takeAttachment(line: Line, state: Watched, bytes: number) {
    const { attachments } = state
    if (!attachments) return
    attachments.bytes += bytes
    if (--attachments.awaited === 0) {
      clearTimeout(attachments.timer)
      state.attachments = null
    } else if (attachments.bytes > mostAttachmentBytes) violate(line, state)
  }

  /** WebSocket control frames: ws answers each ping, even when nobody takes the answers. */
  function watchFrames(line: Line, state: Watched) {
    const socket = webSocketOf(line)
    const count = () => state.violated || idlePackets.take(idOf(line)) || violate(line, state)
    for (const frame of ['ping', 'pong']) socket?.on(frame, count)
  }

  /**
   * After its listeners Engine.IO continues with a timer, which it clears when the connection or the new transport
   * closes. So neither is closed in this turn of the event loop.
   */
  function takeProbe(line: Line, state: Watched, transport: unknown) {
    if (++state.probes !== mostProbes + 1) return
    webSocketOf({ transport })?.terminate()
    setImmediate(() => violate(line, state))
  }

  function watch(line: Line) {
    const state: Watched = { personId: null, connects: 0, bytes: 0, probes: 0, violated: false, attachments: null }
    watched.set(line, state)
    line.on('packet', packet => take(line, state, packet as never))
    line.on('upgrading', transport => takeProbe(line, state, transport))
    watchFrames(line, state)
    line.on('upgrade', () => {
      watchFrames(line, state)
      if (state.personId !== null) limitToMember(webSocketOf(line))
    })
    line.once('close', () => {
      clearTimeout(state.attachments?.timer)
      watched.delete(line)
    })
  }

  return {
    /** Guards all connections from now on. */
    guard: (engine: Engine): void => void engine.on('connection', watch),
    /** Including those that are closing and have not taken their last messages. */
    dropAll: (): void => [...watched.keys()].forEach(dropLine),
    /** Counts bytes of a body that is not split into packets yet. */
    owe,
    /** The connection is authenticated as this person. */
    belongsTo: (line: Line, personId: number): void => {
      const state = watched.get(line)
      if (!state) return
      state.personId = personId
      limitToMember(webSocketOf(line))
    },
  }
}

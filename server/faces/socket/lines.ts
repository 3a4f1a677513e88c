import { createBudgets } from '../../kernel/budgets.ts'
import { closeLine, dropLine } from './backpressure.ts'
import type { Intake } from './intake.ts'
import { limitToMember, mostBytesOfStrangers } from './message-size.ts'
import type { MemberSocket, SocketServer } from './member.ts'

export type Line = MemberSocket['conn']
type Engine = SocketServer['engine']

/** Attachments of one call. No call takes any, so this is only what is read before it is refused. */
const mostAttachmentBytes = 64 * 1024
const attachmentsMs = 5_000
/** Packets that are no calls: answers to pings, and what no client of ours sends. */
const idle = { perSecond: 2, atOnce: 40 }
/** A transport that is being changed says so once. */
const mostProbes = 3

export interface LineDeps {
  intake: Intake
  /** Called with the bytes of what comes on somebody's line. */
  onBytes: (line: Line, personId: number, bytes: number) => void
  /** Says to a line's socket, if it has one, that the line is closed for what it sent. */
  onViolation: (line: Line) => void
}

/** Private only to TypeScript. Not the line itself, which a budget would keep in memory. */
const idOf = (line: Line) => (line as unknown as { id: string }).id

type WebSocketInside = NodeJS.EventEmitter & { terminate(): void }

/** A polling transport has none. */
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
 * Bounds what a line may send below the level of calls, where Socket.IO has no bounds: one CONNECT a line, few packets
 * that are no calls, attachments that come. Who sends anything else is closed.
 */
export function createLines({ intake, onBytes, onViolation }: LineDeps) {
  const watched = new Map<Line, Watched>()
  const idlePackets = createBudgets<string>(idle)

  /** Of what has been read already much may follow: it counts no more, and nothing else is read. */
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
    // Of bodies more is known before they are packets.
    if (line.transport.name !== 'polling') owe(line, bytes)
    if (state.personId === null && (state.bytes += bytes) > mostBytesOfStrangers) return violate(line, state)
    if (type !== 'message' || data === undefined) return idlePackets.take(idOf(line)) || violate(line, state)
    if (typeof data !== 'string') return takeAttachment(line, state, bytes)
    switch (data[0]) {
      case '0':
        // Another namespace would be refused with its name, at whatever length.
        if (++state.connects > 1 || (data.length > 1 && data[1] !== '{')) violate(line, state)
        return
      case '3':
      case '6':
        // Nobody here ever asks for an acknowledgement.
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

  /** Frames of WebSocket's own: ws answers each ping, also when nobody takes the answers. */
  function watchFrames(line: Line, state: Watched) {
    const socket = webSocketOf(line)
    const count = () => state.violated || idlePackets.take(idOf(line)) || violate(line, state)
    for (const frame of ['ping', 'pong']) socket?.on(frame, count)
  }

  /**
   * Engine.IO goes on after its listeners with a timer that it takes back when the line or the new transport closes; so
   * neither is closed in this turn of the event loop.
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
    /** From now on. */
    guard: (engine: Engine): void => void engine.on('connection', watch),
    /** Those that have been told to go and have not taken it, too. */
    dropAll: (): void => [...watched.keys()].forEach(dropLine),
    /** Counts bytes of a body, which are no packets yet. */
    owe,
    /** The line is somebody's. */
    belongsTo: (line: Line, personId: number): void => {
      const state = watched.get(line)
      if (!state) return
      state.personId = personId
      limitToMember(webSocketOf(line))
    },
  }
}

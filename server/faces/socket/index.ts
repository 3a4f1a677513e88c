import type { Server as HttpServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SignalName, SignalPayload } from '../../../contract/index.ts'
import { type Reader, withheldFrom } from '../../events/index.ts'
import type { SessionStanding } from '../../features/accounts/index.ts'
import type { KeyCall, KeyStanding } from '../../features/keys/index.ts'
import type { Limits } from '../../features/limits/index.ts'
import { createPresence, createPresenceSync, type Presence, type RoomSizes } from '../../features/rooms/index.ts'
import { apiError } from '../../kernel/api-error.ts'
import type { Database } from '../../ports/database.ts'
import type { CountError } from '../../kernel/error-metrics.ts'
import { createFailureLog } from '../../kernel/failure-log.ts'
import type { KnownSession } from '../../kernel/known.ts'
import { createLogLimit } from '../../kernel/log-limit.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Tracing } from '../../ports/tracing.ts'
import type { Peers } from '../../ports/peers.ts'
import { type AdmitDeps, createAdmit } from './admit.ts'
import { closeConnection } from './backpressure.ts'
import { createBroadcaster } from './broadcaster.ts'
import { createCommands } from './commands.ts'
import { createDelivery } from './delivery.ts'
import { dispatch } from './dispatch.ts'
import { createFences } from './fences.ts'
import { createEngineGate, type EngineGateDeps } from './engine-gate.ts'
import { createIntake } from './intake.ts'
import { rooms } from './internal-rooms.ts'
import { closeOffender, createExpiry, endSocket, graceAfter, restartSocket, watchClose } from './lifetime.ts'
import { createConnections, type ClientConnection } from './connections.ts'
import type { Member, MemberSocket, SocketServer } from './member.ts'
import type { OperationCallDeps } from './operation-calls.ts'
import { createRoster } from './roster.ts'
import { createSendMessages } from './send-messages.ts'
import { drainSockets } from './drain-sockets.ts'
import { measureSockets } from './socket-metrics.ts'
import { createSubscriptions } from './subscriptions.ts'
import { createSweep } from './sweep.ts'
import { tellPresence } from './tell-presence.ts'
import { createTraffic } from './traffic.ts'

export { createPeers } from './cluster.ts'
export { mayUpgrade } from './engine-gate.ts'
export { createSocketServer } from './server.ts'

export interface SocketDeps extends Omit<AdmitDeps, 'roster' | 'traffic'>, Omit<EngineGateDeps, 'intake' | 'owe'> {
  io: SocketServer
  peers: Peers
  /** Whether there may be other instances; then presence is exchanged with them. */
  clustered: boolean
  sweepMs?: number | undefined
  /** False sends events through Socket.IO even where a finished frame could be written to the connection. */
  directFrames?: boolean | undefined
  roomSizes?: RoomSizes | undefined
  database: Database
  reader: Reader
  log: Logger
  metrics: Metrics
  countError: CountError
  tracing: Tracing
  replayLimit: number
  maxRoomsPerSocket: number
  /** Counts a call against the limits of its person; null when there are no limits. */
  beginSpending: Limits['begin']
  sessionStandings: (ids: readonly string[]) => Promise<Map<string, SessionStanding>>
  keyAccess: OperationCallDeps['keyAccess']
  keyStandings: (ids: readonly number[]) => Promise<Map<number, KeyStanding>>
  noteKeyCall: (call: KeyCall) => void
  noteRefusal: OperationCallDeps['noteRefusal']
  handlers: OperationCallDeps['handlers']
}

export interface SocketFace {
  presence: Presence
  /** Fetches, before this instance is ready, who is in the rooms on other instances. */
  start(): Promise<void>
  /**
   * To be called after the HTTP server has the listener of the REST door, because engine.io removes its own path from
   * earlier listeners.
   */
  attach(http: HttpServer): void
  readonly connections: number
  /** The number of connections that cannot keep up and are served from the log. */
  readonly behind: number
  /** Sends a message that is not kept to the members of these rooms on this instance; to each socket once. */
  signal<N extends SignalName>(rooms: readonly string[], name: N, payload: SignalPayload<N>): void
  /** Tells each client when to leave and resolves when all are gone. */
  drain(): Promise<void>
  close(): Promise<void>
}

const reliefMs = 1_000
/** Lines per kind of failure, because a database that is down makes every socket fail at once. */
const linesPerSecond = 10

/** The realtime door: it authenticates sockets, executes their calls, and sends them the events of the log. */
export function createSocketFace(deps: SocketDeps): SocketFace {
  const { io, log, reader } = deps
  const metrics = measureSockets(deps.metrics)
  const roster = createRoster()
  const traffic = createTraffic(deps)
  const intake = createIntake()
  const logFailure = createFailureLog(log, 'socket command')
  const limitLog = createLogLimit(linesPerSecond)
  const members = new WeakMap<ClientConnection, Member>()
  const connections = createConnections({
    intake,
    onBytes: (connection, personId, bytes) => {
      const ms = traffic.bytes.owe(personId, bytes)
      if (ms > 0) void intake.hold(connection, sleep(ms, undefined, { ref: false }))
    },
    onViolation: connection => {
      const member = members.get(connection)
      if (member) closeOffender(member, 'validation_error')
    },
  })
  const gate = createEngineGate({ ...deps, intake, owe: connections.owe })
  const admit = createAdmit({ ...deps, roster, traffic })
  const broadcaster = createBroadcaster(io, { direct: deps.directFrames })
  const presence = createPresence(change => tellPresence(io, broadcaster, change), { sizes: deps.roomSizes })
  const restart = (member: Member) => {
    metrics.restarted()
    restartSocket(member)
  }
  const subscriptions = createSubscriptions({
    database: deps.database,
    reader,
    presence,
    traffic,
    sendMessages: createSendMessages({ direct: deps.directFrames }),
    replayLimit: deps.replayLimit,
    maxRooms: deps.maxRoomsPerSocket,
    replayed: metrics.replayed,
    restart: (member, why) => {
      limitLog('catch up', leftOut =>
        log.warn(
          { err: why, left_out: leftOut },
          'a socket could not get the missed events; it is closed so that its client resumes',
        ),
      )
      restart(member)
    },
  })
  const expiry = createExpiry(member => endSocket(member, member.key ? 'unauthenticated' : 'token_expired'))
  const renewed = (member: Member, known: Pick<KnownSession, 'person' | 'expiresAt'>) => {
    member.person = known.person
    member.expiresAt = known.expiresAt
    expiry.watch(member)
  }
  const handlers = createCommands({ ...deps, subscriptions, presence, traffic, renewed })
  const fenceOf = createFences({ roster, end: endSocket, restart, expel })
  const deliver = createDelivery({ broadcaster, fenceOf, limitLog, log })
  const sweep = createSweep({ ...deps, roster, end: endSocket, restart })
  const sync = deps.clustered ? createPresenceSync({ ...deps, presence }) : null

  reader.onBatch(events => {
    deliver(events)
    for (const { data } of broadcaster.takeQueued()) subscriptions.relieve(data.member, events.at(-1)!.offset)
  })
  // Signals too may exceed what a connection takes, and nothing checks that after each signal.
  const relief = setInterval(() => {
    for (const member of roster.all()) {
      subscriptions.relieve(member, reader.offset)
      intake.watch(member.socket.conn)
    }
  }, reliefMs)
  relief.unref()
  reader.onNewEpoch(() => [...roster.all()].forEach(restart))
  io.use((socket, next) => {
    admit(socket).then(
      () => next(),
      error => {
        const { body } = apiError(error, socket.id)
        deps.countError('socket', body.error.code)
        next(Object.assign(new Error('refused'), { data: body }))
      },
    )
  })
  io.on('connection', begin)

  function begin(socket: MemberSocket) {
    const { member } = socket.data
    metrics.opened()
    members.set(socket.conn, member)
    connections.belongsTo(socket.conn, member.person.id)
    gate.known(socket.conn, member.person.id)
    const closedCleanly = watchClose(socket)
    void socket.join([
      rooms.self(member.person.id),
      ...(member.bulk ? [rooms.bulk] : []),
      ...withheldFrom(member.rights).map(rooms.withheld),
    ])
    const started = subscriptions.start(member)
    expiry.watch(member)
    dispatch(member, {
      handlers,
      traffic,
      intake,
      endFlood: () => closeOffender(member, 'rate_limited'),
      logFailure,
      countError: deps.countError,
      metrics,
      beginSpending: deps.beginSpending,
      noteKeyCall: deps.noteKeyCall,
      assertOpen: deps.assertOpen,
    })
    socket.on('disconnect', reason => {
      member.closed = true
      metrics.closed(reason)
      clearTimeout(started)
      roster.remove(member)
      expiry.forget(member)
      const grace = graceAfter(reason, closedCleanly())
      for (const room of member.rooms.keys()) presence.leave(room, member.person.id, socket.id, grace)
      // Nobody can open a socket on the connection again, and it would not be counted.
      closeConnection(socket.conn)
    })
    // In the moment between the last check and now.
    if (member.ended) endSocket(member, member.ended)
  }

  /**
   * A member that is catching up is removed only afterwards, because it still has to get the room's events up to here.
   */
  function expel(member: Member, room: string, reason: string) {
    if (member.live) expelNow(member, room, reason)
    else member.turn = member.turn.then(() => expelNow(member, room, reason))
  }

  function expelNow(member: Member, room: string, reason: string) {
    if (!member.rooms.delete(room)) return
    void member.socket.leave(rooms.presence(room))
    presence.leave(room, member.person.id, member.socket.id, 0)
    member.socket.emit('room_left', { room, reason })
  }

  return {
    presence,
    start: async () => sync?.start(),
    attach: http => {
      io.attach(http)
      gate.guard(io.engine)
      connections.guard(io.engine)
    },
    get connections() {
      return roster.size
    },
    get behind() {
      return [...roster.all()].filter(({ behindFrom }) => behindFrom !== null).length
    },
    // To the presence rooms, because signals do not wait while a member catches up.
    signal: (names, name, payload) =>
      void io.local
        .to(names.map(rooms.presence))
        .except(withheldOfSignal[name] ?? [])
        .emit(name, payload),
    drain: () => {
      gate.stop()
      return drainSockets(roster)
    },
    close: async () => {
      // First, so that people who only move to another instance are not announced as having left.
      await sync?.stop()
      gate.stop()
      presence.close()
      sweep.stop()
      clearInterval(relief)
      for (const member of [...roster.all()]) restart(member)
      connections.dropAll()
      await io.close()
    },
  }
}

/** Signals that an API key gets only with a permission. */
const withheldOfSignal: { [N in SignalName]?: string } = { job_updated: rooms.withheld('jobs:read') }

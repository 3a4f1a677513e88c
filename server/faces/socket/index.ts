import type { Server as HttpServer } from 'node:http'
import { Server } from 'socket.io'
import { limits, type tasks } from '../../../contract/index.ts'
import type { LogEvent, Reader } from '../../events/index.ts'
import { createPresence, type Presence, type PresenceChange } from '../../features/rooms/index.ts'
import { apiError } from '../../kernel/api-error.ts'
import type { Handlers } from '../../kernel/bind.ts'
import type { Database } from '../../kernel/database.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Logger } from '../../kernel/logger.ts'
import { createBroadcaster } from './broadcaster.ts'
import { told } from './bulk.ts'
import { createCommands } from './commands.ts'
import { dispatch } from './dispatch.ts'
import { createFences } from './fences.ts'
import { addressOf, identify, isLoopback, isOriginAllowed, type Known } from './handshake.ts'
import { rooms } from './internal-rooms.ts'
import { createExpiry, endSocket, graceAfter, restartSocket, watchClose } from './lifetime.ts'
import type { Member, MemberSocket, SocketServer } from './member.ts'
import { createRoster } from './roster.ts'
import { createSlowWatch } from './slow.ts'
import { createSubscriptions } from './subscriptions.ts'

export interface SocketDeps {
  database: Database
  reader: Reader
  log: Logger
  origins: readonly string[]
  replayLimit: number
  maxSocketsPerUser: number
  /** Loopback is exempt: that is where a proxy without X-Forwarded-For, and every test, connects from. */
  maxSocketsPerIp: number
  trustProxy: number
  maxRoomsPerSocket: number
  authenticate: (token: string) => Promise<Known>
  sessionAccess: (sessionId: string) => Promise<Pick<Known, 'person' | 'expiresAt'>>
  updateTask: Handlers<typeof tasks>['update']
}

export interface SocketFace {
  presence: Presence
  /** After the REST door has been given its listener: engine.io takes its own path away from earlier ones. */
  attach(http: HttpServer): void
  readonly connections: number
  close(): Promise<void>
}

/** The realtime door: who connects, what they ask, and what the log tells them. */
export function createSocketFace(deps: SocketDeps): SocketFace {
  const { log, reader } = deps
  const io: SocketServer = new Server({
    serveClient: false,
    pingInterval: 10_000,
    pingTimeout: 5_000,
    connectTimeout: 5_000,
    maxHttpBufferSize: limits.socketMessageBytes,
    perMessageDeflate: false,
    httpCompression: false,
    cors: { origin: [...deps.origins], credentials: true },
    allowRequest: (req, done) => done(null, isOriginAllowed(req, deps.origins)),
  })
  const roster = createRoster()
  const presence = createPresence(change => tellPresence(io, change))
  const restart = (member: Member) => restartSocket(member)
  const subscriptions = createSubscriptions({
    database: deps.database,
    reader,
    presence,
    replayLimit: deps.replayLimit,
    maxRooms: deps.maxRoomsPerSocket,
    restart: (member, why) => {
      log.warn({ err: why }, 'a socket could not be caught up; it is closed to resume')
      restart(member)
    },
  })
  const slow = createSlowWatch({ roster })
  const expiry = createExpiry(member => endSocket(member, 'token_expired'))
  const renewed = (member: Member, known: Pick<Known, 'person' | 'expiresAt'>) => {
    member.person = known.person
    member.expiresAt = known.expiresAt
    expiry.watch(member)
  }
  const handlers = createCommands({ ...deps, subscriptions, presence, renewed })
  const broadcast = createBroadcaster(io)
  const fence = createFences({ roster, end: endSocket, restart, expel })

  reader.onBatch(events => deliver(events))
  reader.onNewEpoch(() => [...roster.all()].forEach(restart))
  io.use((socket, next) => {
    admitSocket(socket).then(
      () => next(),
      error => next(Object.assign(new Error('refused'), { data: apiError(error, socket.id).body })),
    )
  })
  io.on('connection', welcome)

  /** One thing that goes wrong must not keep the rest of a batch from going out. */
  function deliver(events: LogEvent[]) {
    for (const one of told(events)) {
      try {
        broadcast(one)
        if (one.kind === 'single') fence(one.event)
      } catch (error) {
        log.error({ err: error }, 'an event could not be broadcast')
      }
    }
  }

  async function admitSocket(socket: MemberSocket) {
    const { person, sessionId, expiresAt, bulk } = await identify(socket, deps.authenticate)
    if (roster.ofPerson(person.id).size >= deps.maxSocketsPerUser) {
      throw new AppError('rate_limited', `A person may have at most ${deps.maxSocketsPerUser} open sockets.`)
    }
    const address = addressOf(socket.request, deps.trustProxy)
    if (!isLoopback(address) && roster.ofAddress(address).size >= deps.maxSocketsPerIp) {
      throw new AppError('rate_limited', `One address may have at most ${deps.maxSocketsPerIp} open sockets.`)
    }
    const member: Member = {
      socket,
      person,
      sessionId,
      address,
      expiresAt,
      bulk,
      rights: { personId: person.id, admin: person.role === 'admin', projects: new Set() },
      rightsVersion: 0,
      rooms: new Map(),
      personAfter: 0,
      started: false,
      live: false,
      turn: Promise.resolve(),
      pending: 0,
      drains: 0,
      closed: false,
    }
    // A line that closed while we looked would never say so again, and be counted for ever.
    if (socket.conn.readyState !== 'open') throw new AppError('unavailable', 'The connection is gone.')
    // Known from here on, so that a session that ends while the connection is being made ends this one too.
    socket.data.member = member
    roster.add(member)
    socket.conn.once('close', () => roster.remove(member))
    socket.conn.on('drain', () => member.drains++)
    // Asked again: what changed between the first answer and the roster reached nobody.
    const now = await deps.sessionAccess(sessionId)
    member.person = now.person
    member.rights = { ...member.rights, admin: now.person.role === 'admin' }
  }

  function welcome(socket: MemberSocket) {
    const { member } = socket.data
    const closedCleanly = watchClose(socket)
    void socket.join([rooms.self(member.person.id), ...(member.bulk ? [rooms.bulk] : [])])
    const started = subscriptions.start(member)
    expiry.watch(member)
    dispatch(member, handlers, log)
    socket.on('disconnect', reason => {
      member.closed = true
      clearTimeout(started)
      roster.remove(member)
      expiry.forget(member)
      const grace = graceAfter(reason, closedCleanly())
      for (const room of member.rooms.keys()) presence.leave(room, member.person.id, socket.id, grace)
    })
  }

  function expel(member: Member, room: string, reason: string) {
    member.rooms.delete(room)
    void member.socket.leave(rooms.presence(room))
    presence.leave(room, member.person.id, member.socket.id, 0)
    member.socket.emit('room_left', { room, reason })
  }

  return {
    presence,
    attach: http => void io.attach(http),
    get connections() {
      return roster.size
    },
    close: async () => {
      presence.close()
      slow.stop()
      for (const member of [...roster.all()]) restart(member)
      await io.close()
    },
  }
}

function tellPresence(io: SocketServer, { event, ...change }: PresenceChange) {
  io.local.to(rooms.presence(change.room)).except(rooms.self(change.user_id)).emit(event, change)
}

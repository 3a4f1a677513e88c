import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { limits } from '../../../contract/index.ts'
import { withoutBase } from '../../kernel/base-path.ts'
import { AppError, unavailable } from '../../kernel/errors.ts'
import { checkHead } from '../../kernel/request-head.ts'
import type { WatchUnread } from '../../kernel/unread.ts'
import { createAdmission } from './admission.ts'
import { dropConnection, endSoonAfterClose } from './backpressure.ts'
import { type EngineExchange, isUpgrade, refuseRequest } from './engine-answers.ts'
import { type Caller, callerOf, isLoopback, isOriginAllowed, isSameCaller } from './handshake.ts'
import type { Intake } from './intake.ts'
import type { ClientConnection } from './connections.ts'
import { limitToStranger, mostBytesOfStrangers } from './message-size.ts'
import type { SocketServer } from './member.ts'
import { createPollTurns } from './poll-turns.ts'

type Engine = SocketServer['engine']
type Exchange = EngineExchange & { engine: Engine }

export interface EngineGateDeps {
  /** Origins, in addition to our own, whose pages may connect. */
  origins: readonly string[]
  /** The headers of every answer. */
  headers: Record<string, string>
  trustProxy: number
  /** The limit per address for waiting handshakes and unauthenticated connections together. */
  maxSocketsPerIp: number
  intake: Intake
  /** Called with the bytes of bodies as they arrive. */
  owe: (connection: ClientConnection, bytes: number) => void
  watchUnread: WatchUnread
}

/** Unanswered requests of one TCP connection. */
const mostInAdvance = 4
/** The number of WebSockets to which a session may try to upgrade. Each abandoned one stays open for some seconds. */
const mostUpgrades = 3
const retrySeconds = { least: 2, spread: 8 }
const enginePath = '/socket.io/'
const webSocketKey = /^[+/0-9A-Za-z]{22}==$/
const token = /^[\w!#$%&'*+.^`|~-]+$/

/**
 * The check of every request to Engine.IO's path, including those of existing sessions. Engine.IO checks the origin
 * only at the handshake, serves JSONP and has no limits, so all of that is decided here. Requests that Engine.IO would
 * refuse are refused here first, because its refusals lack our headers.
 */
export function createEngineGate({
  origins,
  headers,
  trustProxy,
  maxSocketsPerIp,
  intake,
  owe,
  watchUnread,
}: EngineGateDeps) {
  const callers = new WeakMap<ClientConnection, Caller>()
  /** Unauthenticated connections, by address. */
  const strangers = new Map<string, Set<ClientConnection>>()
  const polls = createPollTurns({ intake, owe })
  const upgrades = new WeakMap<ClientConnection, number>()
  /** The number of requests in progress, by TCP connection. */
  const answering = new WeakMap<Socket, number>()
  const strangersOf = (address: string) => strangers.get(address)?.size ?? 0
  const admission = createAdmission({
    // Loopback is exempt, because a proxy without X-Forwarded-For, and every test, connects from there.
    mostOf: address => (isLoopback(address) ? null : maxSocketsPerIp - strangersOf(address)),
  })

  function watch(connection: ClientConnection) {
    const caller = callerOf(connection.request, trustProxy)
    callers.set(connection, caller)
    const connections = strangers.get(caller.address) ?? new Set()
    strangers.set(caller.address, connections.add(connection))
    connection.once('close', () => forget(connection))
  }

  /** The connection is authenticated or closed, so it no longer counts as a stranger's. */
  function forget(connection: ClientConnection) {
    const address = callers.get(connection)?.address
    const connections = address === undefined ? undefined : strangers.get(address)
    if (connections?.delete(connection) && connections.size === 0) strangers.delete(address!)
  }

  const isStranger = (connection: ClientConnection) =>
    strangers.get(callers.get(connection)?.address ?? '')?.has(connection) ?? false

  function judge(exchange: Exchange): ClientConnection | null {
    const { req } = exchange
    const { EIO, transport, sid, j } = req['_query']
    if (!isOriginAllowed(req, trustProxy, origins))
      throw new AppError('forbidden', 'Pages of this origin may not connect.')
    if (req.method !== 'GET' && req.method !== 'POST')
      throw new AppError('method_not_allowed', 'This endpoint accepts GET and POST.')
    if (j !== undefined) throw invalidQuery('j', 'JSONP is not served')
    if (transport !== 'polling' && transport !== 'websocket') throw invalidQuery('transport', 'is not known')
    if (EIO !== '4') throw invalidQuery('EIO', 'must be 4')
    if ((transport === 'websocket') !== isUpgrade(exchange))
      throw invalidQuery('transport', 'is not what was asked for')
    if (isUpgrade(exchange)) judgeUpgrade(exchange)
    if (sid) return judgeSession(exchange, sid)
    if (req.method !== 'GET') throw invalidQuery('sid', 'is required')
    return null
  }

  function judgeUpgrade({ req }: Exchange) {
    const { upgrade, 'sec-websocket-key': key, 'sec-websocket-version': version } = req.headers
    const sound = req.method === 'GET' && upgrade?.toLowerCase() === 'websocket' && webSocketKey.test(String(key))
    const protocols = req.headers['sec-websocket-protocol']?.split(',').map(name => name.trim()) ?? []
    const named = protocols.every(name => token.test(name)) && new Set(protocols).size === protocols.length
    if (!sound || !named || (version !== '13' && version !== '8'))
      throw new AppError('validation_error', 'This WebSocket request is not valid.')
  }

  function judgeSession(exchange: Exchange, sid: string): ClientConnection {
    const { clients } = exchange.engine as unknown as { clients: Record<string, ClientConnection> }
    const connection = Object.hasOwn(clients, sid) ? clients[sid]! : undefined
    const caller = connection && callers.get(connection)
    // Another person's session gets the same answer as one that does not exist.
    if (!connection || !caller || !isSameCaller(caller, callerOf(exchange.req, trustProxy)))
      throw invalidQuery('sid', 'Session ID unknown')
    if (
      connection.transport.name !== 'polling' ||
      (isUpgrade(exchange) && (connection.upgrading || connection.upgraded))
    )
      throw invalidQuery('transport', 'is not what the session uses')
    if (isUpgrade(exchange)) countUpgrade(connection)
    return connection
  }

  function countUpgrade(connection: ClientConnection) {
    const count = (upgrades.get(connection) ?? 0) + 1
    upgrades.set(connection, count)
    if (count <= mostUpgrades) return
    dropConnection(connection)
    throw new AppError('validation_error', 'The session has tried too many WebSockets.')
  }

  function judgeBody({ req }: Exchange, connection: ClientConnection) {
    // Engine.IO 4 has no binary bodies, and its own refusal leaves the connection open.
    const binary = /^\s*application\/octet-stream/i.test(String(req.headers['content-type'] ?? ''))
    const { 'content-length': length } = req.headers
    const most = isStranger(connection) ? mostBytesOfStrangers : limits.socketMessageBytes
    const refusal = binary
      ? new AppError('validation_error', 'Binary bodies are not supported.')
      : Number(length ?? 0) > most
        ? new AppError('payload_too_large', 'The body is too large.')
        : // The body is kept until it is complete, so before authentication its length must be announced.
          length === undefined && isStranger(connection)
          ? new AppError('validation_error', 'A body needs a Content-Length.')
          : null
    if (!refusal) return
    dropConnection(connection)
    throw refusal
  }

  /** A client sends one request after another. Pipelined requests could be answered and kept without bound. */
  function isInAdvance({ req: { socket }, res }: Exchange): boolean {
    const count = (answering.get(socket) ?? 0) + 1
    answering.set(socket, count)
    if (res instanceof ServerResponse) res.once('close', () => answering.set(socket, answering.get(socket)! - 1))
    return count > mostInAdvance
  }

  function pass(exchange: Exchange, next: () => void) {
    const { req, res } = exchange
    checkHead(req)
    const { origin } = req.headers
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
    res.setHeader('Vary', 'Origin')
    if (origin !== undefined && origins.includes(origin)) allowOrigin(res, origin)
    if (req.method === 'OPTIONS' && res instanceof ServerResponse && isOriginAllowed(req, trustProxy, origins))
      return void res.writeHead(204, { 'Content-Length': '0' }).end()
    const connection = judge(exchange)
    if (connection === null) return admit(exchange, next)
    if (req.method === 'POST') judgeBody(exchange, connection)
    if (res instanceof ServerResponse) return polls.wait(connection, req, res, next, () => refuse(exchange, overlap()))
    next()
  }

  function admit(exchange: Exchange, next: () => void) {
    const { address } = callerOf(exchange.req, trustProxy)
    admission.wait(address, exchange.req.socket, next, () => refuse(exchange, comeAgain()))
  }

  const refuse = (exchange: Exchange, error: unknown) =>
    refuseRequest(exchange, error instanceof AppError ? error : unavailable(error), {
      ...headers,
      Vary: 'Origin',
      ...(error instanceof AppError && error.code === 'method_not_allowed' && { Allow: 'GET, POST, OPTIONS' }),
    })

  return {
    guard: (engine: Engine): void => {
      engine.on('connection', watch)
      // For an upgrade: its WebSocket is created in the same turn and read in the next one; connections.ts raises the limit
      // for members.
      engine.on('headers', (_: unknown, req: { websocket?: unknown }) =>
        process.nextTick(() => {
          limitToStranger(req.websocket)
          endSoonAfterClose(req.websocket)
        }),
      )
      engine.use((req: EngineExchange['req'], res: EngineExchange['res'], next: () => void) => {
        const exchange = { req, res, engine }
        // Nobody else listens for errors until the request is admitted; a reset connection would end the process.
        if (isUpgrade(exchange)) req.socket.on('error', () => {})
        if (res instanceof ServerResponse) watchUnread(req, res)
        if (isInAdvance(exchange)) return void req.socket.destroy()
        try {
          pass(exchange, next)
        } catch (error) {
          refuse(exchange, error)
        }
      })
    },
    /** The connection belongs to this person from now on. */
    known: (connection: ClientConnection, personId: number): void => {
      forget(connection)
      polls.belongsTo(connection, personId)
    },
    stop: admission.stop,
  }
}

/**
 * For `shouldUpgradeCallback` of the HTTP server: only WebSocket at Engine.IO's path is upgraded. A server may ignore
 * an offer of another protocol (RFC 9110), and Java's client offers h2c with every request, so all other offers are
 * ignored.
 */
export const mayUpgrade = ({ url, headers: { upgrade } }: IncomingMessage, basePath: string): boolean =>
  upgrade?.toLowerCase() === 'websocket' && withoutBase(url ?? '', basePath).startsWith(enginePath)

function allowOrigin(res: EngineExchange['res'], origin: string) {
  res.setHeader('Access-Control-Allow-Origin', origin)
  res.setHeader('Access-Control-Allow-Credentials', 'true')
  res.setHeader('Access-Control-Allow-Methods', 'GET, POST')
  res.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type')
}

const invalidQuery = (field: string, message: string) =>
  new AppError('validation_error', `${field}: ${message}`, { fields: { [field]: [message] } })

const overlap = () => new AppError('validation_error', 'A request of this session is being answered.')

const comeAgain = () =>
  new AppError('unavailable', 'Too many clients connect at once; try again later.', {
    retryAfter: retrySeconds.least + Math.round(Math.random() * retrySeconds.spread),
  })

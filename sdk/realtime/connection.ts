import { io, type Socket } from 'socket.io-client'
import { backoffMs } from '../client/backoff.ts'
import { browserIsOnline, watchNetwork } from './browser-network.ts'
import { monotonicMs, type Clock } from '../client/clock.ts'
import { createEmitter } from '../client/emitter.ts'
import type { Session } from '../client/session.ts'
import { isTaskwireError } from '../client/taskwire-error.ts'
import { keepTokenFresh } from './token-renewal.ts'
import { statusOf, policyOn, type Phase } from './disconnect-policy.ts'

type SocketStatus = ReturnType<typeof statusOf>

export interface ConnectionOptions {
  url: string
  session: Session
  clock: Clock
  /** Requests one message in place of the single events of a bulk change. */
  bulk: boolean
}

const backoff = { baseMs: 400, maxMs: 5_000 }
/** The pauses after too many calls or sockets; the server's limits recover within seconds. */
const patience = { baseMs: 4_000, maxMs: 60_000 }
/** A connection that was live for this long resets those pauses. */
const calmMs = 60_000

/**
 * Keeps one socket connected and reports its status. It reconnects by itself and not with socket.io-client's manager,
 * which does not reconnect after a disconnect by the server and does not know why a token was refused.
 */
export function createConnection({ url, session, clock, bulk }: ConnectionOptions) {
  const { on, emit } = createEmitter<{ status: [SocketStatus]; up: []; signedOut: [string] }>()
  const { origin, path } = socketAddress(url)
  const socket: Socket = io(origin, {
    path,
    transports: ['websocket'],
    autoConnect: false,
    reconnection: false,
    forceNew: true,
    auth: give => give({ ...session.handshake(), bulk }),
  })
  const freshness = keepTokenFresh(socket, session, clock)
  let phase: Phase = { at: 'stopped' }
  let status: SocketStatus = 'offline'
  let attempt = 0
  let refusals = 0
  /** The pause that the server requested with the last refusal. */
  let leastWaitMs = 0
  let liveSinceMs = Number.POSITIVE_INFINITY
  let lastCode: string | undefined
  /** A draining instance has said when to leave, and that is also the time to reconnect; null when none has. */
  let leaveAtMs: number | null = null
  let leaving: ReturnType<typeof setTimeout> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function announce() {
    const now = statusOf(phase, browserIsOnline())
    if (now !== status) emit('status', (status = now))
  }

  function enter(next: Phase) {
    clearTimeout(timer)
    phase = next
    announce()
  }

  const isOver = () => phase.at === 'stopped' || phase.at === 'ended'

  function connectNow() {
    if (isOver() || socket.connected) return
    lastCode = undefined
    leaveAtMs = null
    leastWaitMs = 0
    enter({ at: 'connecting' })
    socket.connect()
  }

  function connectIn(delayMs: number) {
    enter({ at: 'waiting' })
    timer = setTimeout(connectNow, delayMs)
  }

  function connectLater() {
    // The times that a draining instance gives are spread over its clients already.
    if (leaveAtMs !== null) return connectIn(Math.max(0, leaveAtMs - monotonicMs()))
    connectIn(backoffMs(attempt, backoff))
    attempt += 1
  }

  /** The pause grows each time, even when the connection was live for a moment in between. */
  function connectMuchLater() {
    if (monotonicMs() - liveSinceMs > calmMs) refusals = 0
    connectIn(Math.max(leastWaitMs, backoffMs(refusals, patience)))
    refusals += 1
  }

  function finish(code: string) {
    if (isOver()) return
    enter({ at: 'ended', code })
    freshness.stop()
    socket.disconnect()
    // Ends the session for REST too.
    session.end(code)
    emit('signedOut', code)
  }

  async function renewThenConnect() {
    enter({ at: 'waiting' })
    try {
      await session.renew()
      if (phase.at !== 'waiting') return
      // A new token that is refused must not cause an endless loop.
      if (attempt > 1) return connectLater()
      attempt += 1
      connectNow()
    } catch (error) {
      if (phase.at !== 'waiting') return
      if (isTaskwireError(error) && [400, 401, 403].includes(error.status)) finish(error.code)
      else connectLater()
    }
  }

  function lost() {
    freshness.stop()
    clearTimeout(leaving)
    if (isOver()) return
    const policy = policyOn(lastCode)
    if (policy === 'end') finish(lastCode ?? 'session_ended')
    else if (policy === 'wait') connectMuchLater()
    else if (policy === 'renew' && session.mayRenew()) void renewThenConnect()
    else if (policy === 'renew') finish(lastCode ?? 'unauthenticated')
    else connectLater()
  }

  /** Closes the connection without a message; what follows is the same as after a network failure. */
  const cut = () => socket.io.engine?.close()

  socket.on('connect', () => {
    enter({ at: 'joining' })
    freshness.start()
    emit('up')
  })
  socket.on('disconnect', lost)
  socket.on('connect_error', error => {
    lastCode = (error as { data?: { error?: { code?: string } } }).data?.error?.code
    lost()
  })
  // With the name of an event the error belongs to one call, not to the connection.
  socket.on('error', (body: { event?: string; error?: { code?: string } }) => {
    if (body.event === undefined) lastCode = body.error?.code
  })
  // Everything still arrives until then, so the status stays live until then.
  socket.on('draining', ({ retry_in_ms }: { retry_in_ms: number }) => {
    leaveAtMs = monotonicMs() + retry_in_ms
    clearTimeout(leaving)
    leaving = setTimeout(cut, retry_in_ms)
  })

  const unwatchNetwork = watchNetwork({
    lost() {
      // The report of the browser is not trusted, because a server on the same machine is still reachable. A new
      // attempt shows it.
      announce()
      cut()
    },
    retry() {
      if (phase.at !== 'waiting' || leaveAtMs !== null) return announce()
      attempt = 0
      connectNow()
    },
  })
  const unwatchSession = session.onEnded(finish)

  return {
    socket,
    on,
    status: () => status,
    start() {
      if (phase.at !== 'stopped') return
      enter({ at: 'connecting' })
      socket.connect()
    },
    /** The owner has joined its rooms, so all events arrive live from here on. */
    settled() {
      if (phase.at !== 'joining') return
      attempt = 0
      liveSinceMs = monotonicMs()
      enter({ at: 'live' })
    },
    /** Joining failed, possibly with a time to come again: close this connection and try with another one. */
    restart(code?: string, leastMs = 0) {
      lastCode = code
      leastWaitMs = leastMs
      cut()
    },
    stop() {
      if (phase.at !== 'ended') enter({ at: 'stopped' })
      freshness.stop()
      clearTimeout(leaving)
      unwatchNetwork()
      unwatchSession()
      socket.disconnect()
    },
  }
}
export type Connection = ReturnType<typeof createConnection>

/** socket.io-client would take the path of a URL for the name of a namespace. */
function socketAddress(url: string): { origin: string | undefined; path: string } {
  if (!URL.canParse(url)) return { origin: undefined, path: `${url}/socket.io` }
  const { origin, pathname } = new URL(url)
  return { origin, path: `${pathname.replace(/\/+$/, '')}/socket.io` }
}

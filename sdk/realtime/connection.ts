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
  /** Asks for one message in place of the single ones of a bulk change. */
  bulk: boolean
}

const backoff = { baseMs: 400, maxMs: 5_000 }
/** After too many calls or sockets: the server gives a person seconds to calm down. */
const patience = { baseMs: 4_000, maxMs: 60_000 }
/** Who was live for so long since then has calmed down. */
const calmMs = 60_000

/**
 * Keeps one socket connected, and says how it stands. It reconnects by itself, not by socket.io-client's manager, which
 * stays away for good after the server's own disconnect and does not know why a token was refused.
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
    auth: give => give({ token: session.token(), bulk }),
  })
  const freshness = keepTokenFresh(socket, session, clock)
  let phase: Phase = { at: 'stopped' }
  let status: SocketStatus = 'offline'
  let attempt = 0
  let refusals = 0
  /** What the server asked for with the last refusal. */
  let leastWaitMs = 0
  let liveSinceMs = Number.POSITIVE_INFINITY
  let lastCode: string | undefined
  /** An instance that drains has said when to go, and where it is worth trying again; null = nobody has. */
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
    // The time that a draining instance gives is spread over its clients already.
    if (leaveAtMs !== null) return connectIn(Math.max(0, leaveAtMs - monotonicMs()))
    connectIn(backoffMs(attempt, backoff))
    attempt += 1
  }

  /** Longer each time, also when it was live for a moment in between. */
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
    // Over for the other door too.
    session.end(code)
    emit('signedOut', code)
  }

  async function renewThenConnect() {
    enter({ at: 'waiting' })
    try {
      await session.renew()
      if (phase.at !== 'waiting') return
      // A token that is refused though it is new must not make us spin.
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

  /** Cuts the line without a word; what follows is as if it had broken. */
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
  // With the name of an event it is about one call, not about the connection.
  socket.on('error', (body: { event?: string; error?: { code?: string } }) => {
    if (body.event === undefined) lastCode = body.error?.code
  })
  // Until then everything still comes, so it is live until then.
  socket.on('draining', ({ retry_in_ms }: { retry_in_ms: number }) => {
    leaveAtMs = monotonicMs() + retry_in_ms
    clearTimeout(leaving)
    leaving = setTimeout(cut, retry_in_ms)
  })

  const unwatchNetwork = watchNetwork({
    lost() {
      // Not taken on trust: a server on this very machine is still there. Trying again tells.
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
    /** The owner has joined its rooms: from here on everything comes live. */
    settled() {
      if (phase.at !== 'joining') return
      attempt = 0
      liveSinceMs = monotonicMs()
      enter({ at: 'live' })
    },
    /** Joining failed, maybe for a reason that says when to come again: drop this connection and try with another. */
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

/** socket.io-client would take the path of an address for the name of a namespace. */
function socketAddress(url: string): { origin: string | undefined; path: string } {
  if (!URL.canParse(url)) return { origin: undefined, path: `${url}/socket.io` }
  const { origin, pathname } = new URL(url)
  return { origin, path: `${pathname.replace(/\/+$/, '')}/socket.io` }
}

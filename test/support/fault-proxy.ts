import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { listenAgain } from './listen-again.ts'

/** A TCP proxy between two programs that simulates faults of the network. Its own address stays the same. */
export interface FaultProxy {
  readonly port: number
  /** The target of new connections: a program that is started again has another port. */
  pointAt(port: number): void
  /** Resets open connections. New ones are accepted. */
  cut(): void
  /** Half-open in both directions: nothing is passed on. `resume` also passes on what was closed meanwhile. */
  pause(): void
  resume(): void
  /** As if no program were there: open connections are reset, and new ones are refused until `restore`. */
  refuse(): Promise<void>
  restore(): Promise<void>
  /** Delays each byte by this time, in both directions; 0 for no delay. */
  delay(ms: number): void
  /** The limit for each connection and direction; null for no limit. */
  throttle(bytesPerSecond: number | null): void
  /** Open connections. */
  readonly connections: number
  close(): Promise<void>
}

interface Conditions {
  delayMs: number
  bytesPerSecond: number | null
  /** Pending while the proxy is paused. */
  passable: Promise<void>
}

/** The most that is under way on a delayed connection, as on a real one. */
const mostUnderWay = 256 * 1024
const sliceMs = 50

export async function startFaultProxy(target: number): Promise<FaultProxy> {
  const conditions: Conditions = { delayMs: 0, bytesPerSecond: null, passable: Promise.resolve() }
  const pairs = new Set<[Socket, Socket]>()
  let [to, open] = [target, () => {}]

  const server = createServer({ allowHalfOpen: true, noDelay: true }, client => {
    const upstream = connect({ port: to, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    const pair: [Socket, Socket] = [client, upstream]
    pairs.add(pair)
    for (const socket of pair) socket.on('error', () => {}) // passed on by `carry`
    void Promise.all([carry(client, upstream, conditions), carry(upstream, client, conditions)]).then(() => {
      for (const socket of pair) socket.destroy()
      pairs.delete(pair)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as { port: number }

  const cut = () => {
    for (const pair of pairs) pair.forEach(reset)
  }
  const refuse = async () => {
    const closed = server.listening ? once(server, 'close') : null
    server.close()
    cut()
    await closed
  }
  const resume = () => open()
  return {
    port,
    pointAt: next => void (to = next),
    cut,
    pause: () => {
      resume()
      const { promise, resolve } = Promise.withResolvers<void>()
      conditions.passable = promise
      open = resolve
    },
    resume,
    refuse,
    restore: async () => {
      if (!server.listening) await listenAgain(server, port)
    },
    delay: ms => void (conditions.delayMs = ms),
    throttle: bytesPerSecond => void (conditions.bytesPerSecond = bytesPerSecond),
    get connections() {
      return pairs.size
    },
    close: async () => {
      resume()
      await refuse()
    },
  }
}

/** Passes on everything that one side sends to the other, and finally its end or its error. */
async function carry(from: Socket, to: Socket, conditions: Conditions): Promise<void> {
  let underWay = 0
  let sending = Promise.resolve()
  try {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      const due = performance.now() + conditions.delayMs
      underWay += chunk.length
      sending = sending.then(() => send(chunk, due, to, conditions)).finally(() => (underWay -= chunk.length))
      sending.catch(() => {}) // awaited with the next chunk, or at the end
      if (conditions.delayMs === 0 || underWay > mostUnderWay) await sending
    }
    await sending
    await conditions.passable
    to.end()
  } catch {
    await conditions.passable
    reset(to)
  }
}

async function send(chunk: Buffer, due: number, to: Socket, conditions: Conditions): Promise<void> {
  const early = due - performance.now()
  if (early > 0) await sleep(early)
  for (let at = 0; at < chunk.length;) {
    await conditions.passable
    const { bytesPerSecond } = conditions
    const size = bytesPerSecond === null ? chunk.length : Math.max(1, Math.round((bytesPerSecond * sliceMs) / 1000))
    const slice = chunk.subarray(at, at + size)
    at += slice.length
    if (!to.writable) throw new Error('the other side is gone')
    if (!to.write(slice)) await drained(to)
    if (bytesPerSecond !== null) await sleep(sliceMs)
  }
}

/**
 * Ends a connection with RST, at once. `resetAndDestroy` would first write what is waiting, and a FIN; this is the rest of
 * it. After a FIN libuv refuses, and would keep the handle for ever.
 */
function reset(socket: Socket): void {
  const possible = !socket.destroyed && !socket.connecting && !socket.writableEnded
  if (possible) Object.assign(socket, { resetAndClosing: true })
  socket.destroy()
}

/** Resolves when a socket accepts more data, or never will. */
function drained(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  for (const event of ['drain', 'close']) socket.once(event, resolve)
  return promise.finally(() => {
    for (const event of ['drain', 'close']) socket.off(event, resolve)
  })
}

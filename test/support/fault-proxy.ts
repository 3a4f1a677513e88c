import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A TCP line between two programs, with conditions. Its own address stays the same whatever is done to it. */
export interface FaultProxy {
  readonly port: number
  /** Where new connections go from now on: a program that comes back has another port. */
  pointAt(port: number): void
  /** Resets what is open. New connections are taken. */
  cut(): void
  /** Half-open both ways: nothing comes through, nobody is told. What closes meanwhile is heard of by `resume`. */
  pause(): void
  resume(): void
  /** As if no program were there: what is open is reset, and new connections are refused until `restore`. */
  refuse(): Promise<void>
  restore(): Promise<void>
  /** Each byte comes so much later, in both directions; 0 for not. */
  delay(ms: number): void
  /** So many bytes a second for each connection and direction; null for as fast as it goes. */
  throttle(bytesPerSecond: number | null): void
  /** Open connections. */
  readonly connections: number
  close(): Promise<void>
}

interface Conditions {
  delayMs: number
  bytesPerSecond: number | null
  /** Pending while the line is paused. */
  passable: Promise<void>
}

/** At most so much is under way in a delayed line, as in a real one. */
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
    for (const socket of pair) socket.on('error', () => {}) // told to the other side by `carry`
    void Promise.all([carry(client, upstream, conditions), carry(upstream, client, conditions)]).then(() => {
      for (const socket of pair) socket.destroy()
      pairs.delete(pair)
    })
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen(0)
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
      if (!server.listening) await listen(port)
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

/** Brings everything that one side says to the other, and at last that it has ended, or how. */
async function carry(from: Socket, to: Socket, conditions: Conditions): Promise<void> {
  let underWay = 0
  let sending = Promise.resolve()
  try {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      const due = performance.now() + conditions.delayMs
      underWay += chunk.length
      sending = sending.then(() => send(chunk, due, to, conditions)).finally(() => (underWay -= chunk.length))
      sending.catch(() => {}) // looked at with the next chunk, or at the end
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
 * Ends a connection with RST, at once. `resetAndDestroy` writes first what is waiting, and a FIN; this is the rest of it.
 * After a FIN libuv refuses, and would keep the handle for ever.
 */
function reset(socket: Socket): void {
  const possible = !socket.destroyed && !socket.connecting && !socket.writableEnded
  if (possible) Object.assign(socket, { resetAndClosing: true })
  socket.destroy()
}

/** Resolves when a socket takes more, or never will. */
function drained(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  for (const event of ['drain', 'close']) socket.once(event, resolve)
  return promise.finally(() => {
    for (const event of ['drain', 'close']) socket.off(event, resolve)
  })
}

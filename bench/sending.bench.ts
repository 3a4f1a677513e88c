// What does our sending cost beside a bare `ws` that writes one finished frame? Both send to the same 1,000 clients from
// this process, in turns, so that nothing else on the machine counts for one of them alone.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { createBroadcaster } from '../server/faces/socket/broadcaster.ts'
import { frameOf } from '../server/faces/socket/frames.ts'
import { createSocketServer } from '../server/faces/socket/server.ts'
import type { LogEvent } from '../server/events/index.ts'
import { median, report, round } from './figures.ts'

const clients = Number(process.env.BENCH_CLIENTS ?? 1_000)
const rounds = 150
const [pauseMs, coldBytes] = [10, 8 * 1024 * 1024]

/** Private to ws. */
type WebSocketInside = { _sender: { sendFrame(frame: Buffer[]): void } }

const io = createSocketServer()
const http = createServer()
io.attach(http)
http.listen(0, '127.0.0.1')
await once(http, 'listening')
io.on('connection', socket => {
  void socket.join('admins')
  socket.onAny((...args: unknown[]) => (args.at(-1) as () => void)())
})
const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
const receivers = new Worker(new URL('receivers.ts', import.meta.url), { workerData: { url, clients } })
await once(receivers, 'message')

const broadcaster = createBroadcaster(io)
const webSockets = [...io.of('/').sockets.values()].map(
  ({ conn }) => (conn.transport as unknown as { socket: WebSocketInside }).socket,
)
const payload = { text: 'x'.repeat(580) }
const place = { command: '1', at: '', scope: 'admins', reach: null, bulk: false, bytes: 600 }
const event = (offset: number) =>
  ({ event: 'an_event', payload, offset, mutation_id: null, traceparent: null, ...place }) as unknown as LogEvent
const ways = {
  ours: (nth: number, burst: number) => {
    for (let of = 0; of < burst; of++) broadcaster.send({ kind: 'single', event: event(nth * burst + of) })
    broadcaster.flush()
  },
  raw: (nth: number, burst: number) => {
    for (let of = 0; of < burst; of++) {
      const frame = [frameOf('an_event', { ...payload, offset: nth })]
      for (const one of webSockets) one['_sender'].sendFrame(frame)
    }
  },
}
const other = Buffer.alloc(coldBytes)

/** Microseconds per delivery, of `rounds` turns of each way. */
async function compare(burst: number) {
  const us = { ours: [] as number[], raw: [] as number[] }
  for (let nth = 0; nth < rounds; nth++) {
    for (const way of ['ours', 'raw'] as const) {
      // As other work of a server does: what sending needs is no longer in the caches of the processor.
      other.fill(nth & 0xff)
      const before = process.threadCpuUsage()
      ways[way](nth, burst)
      await new Promise(setImmediate)
      const { user, system } = process.threadCpuUsage(before)
      // The compiler needs some rounds.
      if (nth > rounds / 4) us[way].push((user + system) / burst / clients)
      await sleep(pauseMs * burst)
    }
  }
  const [ours, raw] = [median(us.ours), median(us.raw)]
  return { us: round(ours, 2), raw_us: round(raw, 2), ratio: round(ours / raw, 2) }
}

report('sending', { question: 'one event a turn', clients, ...(await compare(1)), target: { ratio: 1.15 } })
report('sending', { question: 'bursts of ten', clients, ...(await compare(10)), target: { ratio: 0.18 } })
process.exit()

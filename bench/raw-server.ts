// The limit for deliveries: a bare `ws` server that sends one prepared frame, in one piece, to all of its clients.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import * as ws from 'ws'
import { frameOf, greet, type Prepared } from './raw-frames.ts'

/** `rounds` times `perRound` messages of `bytes` to each client. */
export interface Order {
  bytes: number
  rounds: number
  perRound: number
  pauseMs: number
}

const http = createServer(async (request, response) => {
  const { bytes, rounds, perRound, pauseMs } = (await json(request)) as Order
  const frame = frameOf(Buffer.alloc(bytes, '42'))
  for (let round = 0; round < rounds; round++) {
    for (let nth = 0; nth < perRound; nth++)
      for (const client of server.clients) (client as unknown as Prepared)['_sender'].sendFrame(frame)
    await sleep(pauseMs)
  }
  response.writeHead(204).end()
})
const server = new ws.WebSocketServer({ server: http, perMessageDeflate: false })
server.on('connection', greet)
http.listen(0, '127.0.0.1')
await once(http, 'listening')
console.log(`API http://127.0.0.1:${(http.address() as AddressInfo).port}/api/v1`)
process.once('SIGTERM', () => process.exit())

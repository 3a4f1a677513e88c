// The limit for deliveries: a bare `ws` server that sends one prepared frame, in one piece, to all of its clients.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import * as ws from 'ws'

/** `rounds` times `perRound` messages of `bytes` to each client. */
export interface Order {
  bytes: number
  rounds: number
  perRound: number
  pauseMs: number
}

/** Private to ws, as Socket.IO uses it for messages that it has encoded once. */
type Prepared = { _sender: { sendFrame(frame: Buffer[]): void } }
type Framing = { frame(data: Buffer, options: object): Buffer[] }

const http = createServer(async (request, response) => {
  const { bytes, rounds, perRound, pauseMs } = (await json(request)) as Order
  const plain = { fin: true, opcode: 1, mask: false, rsv1: false, readOnly: false }
  const frame = [Buffer.concat((ws as unknown as { Sender: Framing }).Sender.frame(Buffer.alloc(bytes, '42'), plain))]
  for (let round = 0; round < rounds; round++) {
    for (let nth = 0; nth < perRound; nth++)
      for (const client of server.clients) (client as unknown as Prepared)['_sender'].sendFrame(frame)
    await sleep(pauseMs)
  }
  response.writeHead(204).end()
})
const server = new ws.WebSocketServer({ server: http, perMessageDeflate: false })
server.on('connection', socket => {
  socket.on('error', () => {})
  // The client is the one of the other server, which waits for the answers of Socket.IO.
  socket.send('0{}')
  socket.on('message', (message: Buffer) => {
    if (message.toString().startsWith('40')) socket.send('40{}')
    else socket.send('430[]')
  })
})
http.listen(0, '127.0.0.1')
await once(http, 'listening')
console.log(`API http://127.0.0.1:${(http.address() as AddressInfo).port}/api/v1`)
process.once('SIGTERM', () => process.exit())

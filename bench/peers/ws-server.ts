// A bare `ws` that writes one finished frame to each of its clients: what no server on `ws` can be faster than.
import * as ws from 'ws'
import { startBroadcastServer } from './broadcast-server.ts'
import { frameOf, greet, type Prepared } from '../raw-frames.ts'

await startBroadcastServer(http => {
  const server = new ws.WebSocketServer({ server: http, perMessageDeflate: false })
  server.on('connection', greet)
  return payload => {
    const frame = frameOf(Buffer.from(`42${JSON.stringify(['task_created', payload])}`))
    for (const client of server.clients) (client as unknown as Prepared)['_sender'].sendFrame(frame)
  }
})

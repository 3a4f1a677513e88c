// A worker that receives webhooks as fast as it can, and reports how many came and when the last one did. It has an
// event loop of its own; otherwise it would measure how busy the load generator is.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort } from 'node:worker_threads'

const ids = new Set<string>()
let received = 0
let lastAt = 0
const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    ids.add(String(request.headers['webhook-id']))
    received++
    lastAt = Date.now()
    response.writeHead(204).end()
  })
})
server.listen(0, '127.0.0.1', () => parentPort!.postMessage((server.address() as AddressInfo).port))
parentPort!.on('message', (message: string) => {
  if (message === 'tell') return parentPort!.postMessage({ received, different: ids.size, lastAt })
  server.close()
  server.closeAllConnections()
  parentPort!.close()
})

/** What the worker reports. */
export interface ReceivedCount {
  received: number
  different: number
  /** Milliseconds since 1970. */
  lastAt: number
}

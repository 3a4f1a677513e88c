import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** What Taskwire tells about a task, which the others send too. */
export interface Payload {
  task: { title: string }
}

/**
 * A server that sends the body of each POST to everybody as an event, and answers. `attach` gets the HTTP server before
 * it listens, and returns what sends.
 */
export async function startBroadcastServer(
  attach: (http: Server) => (payload: Payload) => void | Promise<void>,
): Promise<void> {
  const http = createServer(async (request, response) => {
    if (request.method !== 'POST') return
    await send((await json(request)) as Payload)
    response.writeHead(201).end()
  })
  const send = attach(http)
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  console.log(`API http://127.0.0.1:${(http.address() as AddressInfo).port}/api/v1`)
  process.once('SIGTERM', () => process.exit())
}

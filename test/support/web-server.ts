import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Answering = (request: IncomingMessage, response: ServerResponse) => void

/** A server of somebody else, on this machine: it answers as the test wants, and records the requests. */
export async function startWebServer(answer: Answering) {
  const asked: string[] = []
  let answering = answer
  const server = createServer((request, response) => {
    asked.push(request.url!)
    answering(request, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    asked,
    /** Sets the answer from now on. */
    answer: (next: Answering) => void (answering = next),
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export type WebServer = Awaited<ReturnType<typeof startWebServer>>

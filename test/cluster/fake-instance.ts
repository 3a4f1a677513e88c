import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import { listenAgain } from '../support/listen-again.ts'

/** An instance as a balancer sees it: its readiness, and its answers. */
export async function startFakeInstance(name: string) {
  const instance = {
    name,
    ready: true,
    /** Each request except readiness checks, as `METHOD /path`. */
    asked: [] as string[],
    answer: (_: IncomingMessage, response: ServerResponse): void => void response.end(name),
    sockets: [] as WebSocket[],
    connections: new Set<Socket>(),
  }
  const server = createServer((request, response) => {
    if (request.url === '/api/v1/health/ready') return void response.writeHead(instance.ready ? 200 : 503).end()
    instance.asked.push(`${request.method} ${request.url}`)
    instance.answer(request, response)
  })
  server.on('connection', socket => {
    instance.connections.add(socket)
    socket.on('close', () => instance.connections.delete(socket))
  })
  // It repeats the errors of the server, which `listenAgain` handles already.
  const webSockets = new WebSocketServer({ server }).on('error', () => {})
  webSockets.on('connection', (socket, request) => {
    instance.sockets.push(socket)
    socket.send(`${name} ${request.url} ${request.headers['x-forwarded-for']}`)
    socket.on('message', message => socket.send(message))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return Object.assign(instance, {
    host: '127.0.0.1',
    port,
    /** Simulates a kill: open connections break, new ones are refused. May be called repeatedly. */
    kill: async () => {
      for (const socket of instance.connections) socket.resetAndDestroy()
      if (!server.listening) return
      server.close()
      await once(server, 'close')
    },
    revive: async () => {
      await listenAgain(server, port)
    },
  })
}

export type FakeInstance = Awaited<ReturnType<typeof startFakeInstance>>

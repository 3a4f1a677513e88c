import type { IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { upgradeHead } from './headers.ts'
import { refusalText } from './refusal.ts'
import type { Upstream, UpstreamPool } from './upstream-pool.ts'

export interface Tunnel {
  request: IncomingMessage
  client: Socket
  /** Bytes that the client has sent after the head. */
  head: Buffer
  pool: UpstreamPool
}

const lastBytesMs = 5_000

/**
 * Connects a client that asks for a WebSocket to an upstream, byte for byte. When one end closes, the other is closed
 * too.
 */
export function tunnel(ends: Tunnel, [upstream, ...others]: Upstream[]): void {
  const { request, client, head, pool } = ends
  if (!upstream) return void client.end(refusalText())
  const release = pool.hold(upstream)
  const upstreamSocket = connect({ ...upstream, noDelay: true })
  let connected = false
  upstreamSocket.once('connect', () => {
    connected = true
    upstreamSocket.write(upgradeHead(request))
    upstreamSocket.write(head)
    upstreamSocket.pipe(client).pipe(upstreamSocket)
  })
  const hangUp = () => (connected ? finish(upstreamSocket) : upstreamSocket.destroy())
  upstreamSocket.on('error', () => undefined)
  upstreamSocket.once('close', () => {
    release()
    client.off('close', hangUp)
    if (connected || client.destroyed) return finish(client)
    pool.markDown(upstream)
    tunnel(ends, others)
  })
  client.once('close', hangUp)
}

/** Closes when all written bytes are sent, because the last thing that a server sends is the reason for closing. */
function finish(socket: Socket): void {
  socket.destroySoon()
  setTimeout(() => socket.destroy(), lastBytesMs).unref()
}

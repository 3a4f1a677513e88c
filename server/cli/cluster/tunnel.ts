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
  const line = connect({ ...upstream, noDelay: true })
  let connected = false
  line.once('connect', () => {
    connected = true
    line.write(upgradeHead(request))
    line.write(head)
    line.pipe(client).pipe(line)
  })
  const hangUp = () => (connected ? finish(line) : line.destroy())
  line.on('error', () => undefined)
  line.once('close', () => {
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

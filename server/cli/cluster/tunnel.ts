import type { IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { upgradeHead } from './headers.ts'
import { refusalText } from './refusal.ts'
import type { Upstream, UpstreamPool } from './upstream-pool.ts'

export interface Tunnel {
  request: IncomingMessage
  client: Socket
  /** What the client has sent after the head. */
  head: Buffer
  pool: UpstreamPool
}

const lastBytesMs = 5_000

/** Joins a client that asks for a WebSocket to an upstream, byte for byte; when one end closes so does the other. */
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

/** Closes when what was written is out: the reason why is the last thing that a server says. */
function finish(socket: Socket): void {
  socket.destroySoon()
  setTimeout(() => socket.destroy(), lastBytesMs).unref()
}

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { forward } from './forward.ts'
import { tunnel } from './tunnel.ts'
import { createUpstreamPool, type Upstream } from './upstream-pool.ts'

export interface BalancerOptions {
  port: number
  host: string
  /** The instances that exist at the moment; the balancer finds out which of them are up. */
  upstreams: () => readonly Upstream[]
  checkEveryMs?: number
  /** An upstream that is silent for this long has failed. Longer than the time limits of the instances. */
  silenceMs?: number
}

export interface Balancer {
  url: string
  port: number
  isUp(upstream: Upstream): boolean
  /** Accepts nothing new. Requests in progress may go on until `until` settles, and are cut shortly after that. */
  close(until?: Promise<unknown>): Promise<void>
}

/** Time for the last answers to reach the clients after `until` has settled. */
const lastBytesMs = 500

/**
 * Distributes HTTP and WebSocket to several instances, without sticky sessions, for trying it out and for tests. In
 * production use nginx or HAProxy.
 */
export async function startBalancer(options: BalancerOptions): Promise<Balancer> {
  const { port, host, upstreams, checkEveryMs, silenceMs = 65_000 } = options
  const pool = createUpstreamPool(upstreams, checkEveryMs)
  const upgraded = new Set<Socket>()
  let closing = false

  // The instances limit how long a request may take.
  const server = createServer({ keepAliveTimeout: 65_000, requestTimeout: 0 }, (request, response) => {
    if (closing) response.setHeader('connection', 'close')
    forward({ request, response, pool, silenceMs }, pool.candidates())
  })
  server.on('upgrade', (request, client: Socket, head) => {
    upgraded.add(client)
    client.on('close', () => upgraded.delete(client))
    client.on('error', () => undefined)
    tunnel({ request, client, head, pool }, pool.candidates())
  })
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    pool.stop()
    throw error
  }
  const own = (server.address() as AddressInfo).port

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${own}`,
    port: own,
    isUp: pool.isUp,
    close: async (until = Promise.resolve()) => {
      closing = true
      pool.stop()
      const closed = once(server, 'close')
      server.close()
      await Promise.race([closed, until.catch(() => undefined).then(() => sleep(lastBytesMs))])
      server.closeAllConnections()
      for (const client of upgraded) client.destroy()
      await closed
    },
  }
}

import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'

export interface HttpProxyOptions {
  /** The path below which the server is reached, such as `/board`; everything else is 404. */
  prefix?: string
  /** Whether the proxy removes the prefix from the address. */
  strips?: boolean
  /** The headers that the proxy adds. */
  headers?: (req: IncomingMessage) => OutgoingHttpHeaders
  /** Requests that are blocked: answered with 403, as filters do. */
  blocks?: (path: string) => boolean
}

/** A reverse proxy in front of a server, as operators have it: it reads HTTP, and passes WebSockets on. */
export async function startHttpProxy(target: string, options: HttpProxyOptions = {}) {
  const { prefix = '', strips = true, headers = () => ({}) } = options
  let { blocks = () => false } = options
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()

  /** The address for the server; null when the request is not passed on. */
  function pathFor(url: string): string | null {
    if (prefix === '') return url
    if (!url.startsWith(`${prefix}/`)) return null
    return strips ? url.slice(prefix.length) : url
  }

  // The server's `Keep-Alive` header is passed on, and clients rely on it.
  const server = createServer({ keepAliveTimeout: 65_000 }, (req, res) => {
    const path = pathFor(req.url!)
    if (path === null || blocks(req.url!)) return void res.writeHead(path === null ? 404 : 403).end()
    const upstream = request({ hostname, port, method: req.method, path, headers: { ...req.headers, ...headers(req) } })
    upstream.on('response', answer => {
      res.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(res)
    })
    upstream.on('error', () => res.destroy())
    res.on('close', () => upstream.destroy())
    req.pipe(upstream)
  })
  server.on('connection', socket => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    // Node's own listener is gone after an upgrade.
    socket.on('error', () => socket.destroy())
  })
  server.on('upgrade', (req, socket: Socket, head) => {
    const path = pathFor(req.url!)
    if (path === null || blocks(req.url!)) return void socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
    const upstream = connect(Number(port), hostname, () => {
      const sent = Object.entries({ ...req.headers, ...headers(req) })
      upstream.write(
        `GET ${path} HTTP/1.1\r\n${sent.map(([name, value]) => `${name}: ${String(value)}\r\n`).join('')}\r\n`,
      )
      upstream.write(head)
      upstream.pipe(socket).pipe(upstream)
    })
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const cut = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    origin,
    url: `${origin}${prefix}`,
    server,
    /** Open connections of clients. */
    get connections() {
      return open.size
    },
    /** From now on; open connections are closed. */
    block(next: (path: string) => boolean) {
      blocks = next
      cut()
    },
    async close() {
      server.close()
      cut()
      await once(server, 'close')
    },
  }
}
export type HttpProxy = Awaited<ReturnType<typeof startHttpProxy>>

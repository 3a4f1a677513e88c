import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const grudges = ['503', '429', 'broken', 'lost'] as const
type Grudge = (typeof grudges)[number]

/**
 * A proxy that refuses the first attempt of each write in one of four ways, in turns; the worst is the last:
 * the write is carried out, and the answer is lost.
 */
export async function startGrudgingProxy(target: string) {
  const refusals = new Set<Grudge>()
  const known = new Set<string>()
  // The server's `Keep-Alive` header is passed on, and clients rely on it.
  const server = createServer({ keepAliveTimeout: 65_000 }, (req, res) => {
    const key = req.headers['idempotency-key'] as string | undefined
    if (key === undefined || known.has(key)) return forward(req, res)
    const grudge = grudges[known.size % grudges.length]!
    known.add(key)
    refusals.add(grudge)
    if (grudge === 'lost') return forward(req, res, () => res.destroy())
    if (grudge === 'broken') return void req.socket.destroy()
    req.resume()
    res.writeHead(Number(grudge), { 'retry-after': '0' }).end()
  })
  const forward = (req: IncomingMessage, res: ServerResponse, lose?: () => void) => {
    const { method, headers } = req
    const onward = request(`${target}${req.url}`, { method, headers }, answer => {
      if (lose) return void answer.resume().once('end', lose)
      res.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(res)
    })
    onward.on('error', () => res.destroy())
    req.pipe(onward)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refusals,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

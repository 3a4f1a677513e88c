// The reference: the smallest server that can answer these four requests. No accounts, no validation, no rights, no
// sockets.
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openBareTasks } from './bare-tasks.ts'

const tasks = await openBareTasks(process.env.DATABASE_URL!)

async function bodyOf(req: IncomingMessage): Promise<any> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString())
}

async function answer(req: IncomingMessage): Promise<[number, unknown]> {
  const url = new URL(req.url!, 'http://x')
  if (req.method === 'POST' && url.pathname === '/api/v1/tasks') return [201, await tasks.create(await bodyOf(req))]
  if (req.method === 'POST') return [200, await tasks.bulk(await bodyOf(req))]
  if (url.pathname !== '/api/v1/tasks')
    return [200, await tasks.get(Number(url.pathname.slice('/api/v1/tasks/'.length)))]
  const given = url.searchParams
  const query = {
    categories: given.getAll('category'),
    priority: given.get('priority')!,
    from: given.get('created_at_start')!,
    to: given.get('created_at_end')!,
    search: given.get('search')!,
  }
  return [200, await tasks.list(query)]
}

const server = createServer((req, res) => {
  answer(req)
    .catch((error): [number, unknown] => [500, { error: String(error) }])
    .then(([status, body]) => {
      const text = JSON.stringify(body)
      res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      res.end(text)
    })
})
server.listen(0, '127.0.0.1', () => {
  console.log(`API http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`)
})
process.on('SIGTERM', () => process.exit(0))

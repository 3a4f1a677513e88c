// The reference: the smallest server that can answer these four requests. No accounts, no validation, no rights, no
// sockets.
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { taskPriorities } from '../contract/index.ts'
import { rowTypes } from '../server/adapters/database-types.ts'
import { statements } from './bare-statements.ts'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 16, options: '-c TimeZone=UTC' })
let written = false

async function rows(name: keyof typeof statements, values: unknown[], prepared = true) {
  const { rows: found } = await pool.query({
    text: statements[name],
    values,
    types: rowTypes,
    ...(prepared && { name }),
  })
  return found
}

const present = (row: any) => ({ ...row, total: undefined, priority: taskPriorities[row.priority] })

async function bodyOf(req: IncomingMessage): Promise<any> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString())
}

async function answer(req: IncomingMessage): Promise<[number, unknown]> {
  const url = new URL(req.url!, 'http://x')
  const now = new Date().toISOString()
  if (req.method === 'POST' && url.pathname === '/api/v1/tasks') {
    const { title, description, category, priority, project } = await bodyOf(req)
    const rank = taskPriorities.indexOf(priority)
    const [row] = await rows('create', [title, description, category, rank, project, now])
    written = true
    return [201, { ...present(row), project }]
  }
  if (req.method === 'POST') {
    const { task_ids, updates } = await bodyOf(req)
    const [row] = await rows('bulk', [task_ids, updates.category, now])
    written = true
    return [200, { updated_count: row.count, failed_updates: [] }]
  }
  if (url.pathname !== '/api/v1/tasks') {
    const [row] = await rows('get', [Number(url.pathname.slice('/api/v1/tasks/'.length))])
    return [200, present(row)]
  }
  const given = url.searchParams
  const [from, to] = [given.get('created_at_start'), given.get('created_at_end')]
  const rank = taskPriorities.indexOf(given.get('priority') as 'low')
  const found = await rows('list', [given.getAll('category'), rank, from, to, given.get('search'), 0], false)
  return [200, { count: found[0]?.total ?? 0, results: found.map(present) }]
}

/** As the server's sequencer does: many rows at once, in parallel to the requests. */
async function emptyOutbox(): Promise<void> {
  if (written) {
    written = false
    await rows('emptyOutbox', [])
  }
  setTimeout(emptyOutbox, 2)
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
await pool.query('create sequence if not exists bare_offsets')
await pool.query('create table if not exists bare_events partition of event_log default')
await emptyOutbox()
server.listen(0, '127.0.0.1', () => {
  console.log(`API http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`)
})
process.on('SIGTERM', () => process.exit(0))

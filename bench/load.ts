import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** A request with its body as text. */
export interface Call {
  method: string
  path: string
  body?: string
}

export interface LoadOptions {
  url: string
  /** An access token, or an API key. */
  token: string
  connections: number
  seconds: number
  /** The pause of each client after each answer; none by default. */
  pauseMs?: number
  /** Called for each request. It must be cheap, because it shares a core with PostgreSQL. */
  next: () => Call
}

export interface LoadResult {
  done: number
  /** Answers that mean "not now" (503, 429); they do not count as done. */
  refused: number
  /** Milliseconds of each request that was answered in time. */
  latencies: number[]
  seconds: number
}

/** Runs this many clients, each with one request at a time; without a pause they send the next request at once. */
export async function load({ url, token, connections, seconds, pauseMs = 0, next }: LoadOptions): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const latencies: number[] = []
  let refused = 0
  const began = performance.now()
  const end = began + seconds * 1000

  async function work(): Promise<void> {
    for (;;) {
      const from = performance.now()
      if (from >= end) return
      const { status, body } = await exchange(agent, url, token, next())
      const to = performance.now()
      if (status === 503 || status === 429) refused += 1
      else if (status >= 300) throw new Error(`${status} ${body}`)
      else if (to < end) latencies.push(to - from)
      if (pauseMs > 0) await sleep(pauseMs)
    }
  }
  await Promise.all(Array.from({ length: connections }, work))
  agent.destroy()
  return { done: latencies.length, refused, latencies, seconds }
}

/** Sends a single request. @returns the body */
export async function send(url: string, token: string, call: Call): Promise<string> {
  const { status, body } = await exchange(undefined, url, token, call)
  if (status >= 300) throw new Error(`${call.method} ${call.path}: ${status} ${body}`)
  return body
}

function exchange(agent: Agent | undefined, url: string, token: string, { method, path, body }: Call) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const headers: Record<string, string | number> = token.startsWith('tw_')
      ? { 'x-api-key': token }
      : { authorization: `Bearer ${token}` }
    if (body !== undefined) {
      headers['content-type'] = 'application/json'
      headers['content-length'] = Buffer.byteLength(body)
    }
    const sent = request(`${url}/api/v1${path}`, { method, agent, headers }, response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 500, body: Buffer.concat(chunks).toString() }))
    })
    sent.on('error', (error: NodeJS.ErrnoException) =>
      // The server has closed a connection that was not used for a while, and has not read the request.
      sent.reusedSocket && error.code === 'ECONNRESET'
        ? resolve(exchange(agent, url, token, { method, path, body }))
        : reject(error),
    )
    sent.end(body)
  })
}

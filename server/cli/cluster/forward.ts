import { Agent, type IncomingMessage, request as ask, type ServerResponse } from 'node:http'
import { backwardHeaders, onwardHeaders } from './headers.ts'
import { refuse } from './refusal.ts'
import type { Upstream, UpstreamPool } from './upstream-pool.ts'

export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  pool: UpstreamPool
  /** An upstream that says nothing for so long has failed. */
  silenceMs: number
}

/**
 * One request a connection: one that is kept would sometimes be closed by a draining instance as the next request goes
 * out. Yet not with `Connection: close`, upon which an instance that refuses a large body hangs up before it is read, and
 * the refusal is lost with it.
 */
const agent = Object.assign(new Agent({ keepAlive: true }), { keepSocketAlive: () => false })

/**
 * Hands a request to the first candidate, or to the next one when that refuses the connection: nothing was sent then, so
 * this goes for every method. Bodies stream both ways and are never held; so one that was begun cannot be repeated.
 */
export function forward(exchange: Exchange, [upstream, ...others]: Upstream[]): void {
  const { request, response, pool, silenceMs } = exchange
  if (!upstream) return refuse(response)
  const { method, url: path } = request
  const onward = ask({ ...upstream, method, path, headers: onwardHeaders(request), agent, timeout: silenceMs })
  const release = pool.hold(upstream)
  let connected = false
  // Not sooner, or what an upstream that refuses has not read would be gone.
  onward.on('socket', line =>
    line.once('connect', () => {
      connected = true
      request.pipe(onward)
    }),
  )
  onward.on('response', answer => {
    // Cut off in the middle, and the client must not take it for whole.
    answer.on('error', () => response.destroy())
    response.writeHead(answer.statusCode!, backwardHeaders(answer.headers))
    answer.pipe(response)
  })
  onward.on('timeout', () => onward.destroy(new Error('the upstream is silent')))
  onward.on('error', () => {
    if (!connected) pool.markDown(upstream)
    // It answered before it had read everything; or there is nobody left to answer to.
    if (response.headersSent || response.destroyed) return
    if (!connected || isRepeatable(request)) forward(exchange, others)
    else refuse(response)
  })
  onward.on('close', release)
  response.on('close', () => onward.destroy())
}

/** By its method without an effect, and without a body: whether an upstream that died had it does not matter. */
const isRepeatable = ({ method, headers }: IncomingMessage) =>
  (method === 'GET' || method === 'HEAD') &&
  headers['content-length'] === undefined &&
  headers['transfer-encoding'] === undefined

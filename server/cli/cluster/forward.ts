import { Agent, type IncomingMessage, request as ask, type ServerResponse } from 'node:http'
import { backwardHeaders, onwardHeaders } from './headers.ts'
import { refuse } from './refusal.ts'
import type { Upstream, UpstreamPool } from './upstream-pool.ts'

export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  pool: UpstreamPool
  /** An upstream that is silent for this long has failed. */
  silenceMs: number
}

/**
 * One request per connection, because a draining instance would sometimes close a kept connection just as the next
 * request is sent. But without `Connection: close`: an instance that refuses a large body would then close the
 * connection before the body is read, and its answer would be lost.
 */
const agent = Object.assign(new Agent({ keepAlive: true }), { keepSocketAlive: () => false })

/**
 * Sends a request to the first candidate, or to the next one when the connection is refused. Nothing was sent in that
 * case, so this works for every method. Bodies are streamed in both directions and never kept, so a request that has
 * been sent cannot be repeated.
 */
export function forward(exchange: Exchange, [upstream, ...others]: Upstream[]): void {
  const { request, response, pool, silenceMs } = exchange
  if (!upstream) return refuse(response)
  const { method, url: path } = request
  const onward = ask({ ...upstream, method, path, headers: onwardHeaders(request), agent, timeout: silenceMs })
  const release = pool.hold(upstream)
  let connected = false
  // Not earlier: the part of the body that was sent to a refusing upstream would be lost.
  onward.on('socket', socket =>
    socket.once('connect', () => {
      connected = true
      request.pipe(onward)
    }),
  )
  onward.on('response', answer => {
    // The answer broke off in the middle, and the client must not take it for complete.
    answer.on('error', () => response.destroy())
    response.writeHead(answer.statusCode!, backwardHeaders(answer.headers))
    answer.pipe(response)
  })
  onward.on('timeout', () => onward.destroy(new Error('the upstream is silent')))
  onward.on('error', () => {
    if (!connected) pool.markDown(upstream)
    // The upstream answered before it had read everything, or the client is gone.
    if (response.headersSent || response.destroyed) return
    if (!connected || isRepeatable(request)) forward(exchange, others)
    else refuse(response)
  })
  onward.on('close', release)
  response.on('close', () => onward.destroy())
}

/**
 * A request without effect (by its method) and without a body: it does not matter whether a dead upstream has executed
 * it.
 */
const isRepeatable = ({ method, headers }: IncomingMessage) =>
  (method === 'GET' || method === 'HEAD') &&
  headers['content-length'] === undefined &&
  headers['transfer-encoding'] === undefined

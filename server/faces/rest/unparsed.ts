import { randomUUID } from 'node:crypto'
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { apiError } from '../../kernel/api-error.ts'
import { AppError } from '../../kernel/errors.ts'

interface Refusal {
  status: number
  message: string
}

/** By the codes of Node's errors; all others are 400. */
const refusals: Record<string, Refusal> = {
  HPE_HEADER_OVERFLOW: { status: 431, message: 'The head of the request is too large.' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, message: 'The chunks of the body are not valid.' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, message: 'The request came too slowly.' },
}
const invalid: Refusal = { status: 400, message: 'This is not a valid HTTP request.' }
const unexpected: Refusal = { status: 417, message: 'This expectation is not known.' }

/**
 * Answers what never becomes a request: text that is not HTTP, heads that are too large or too slow. Node's own answers
 * lack the contract's error and the headers of every other answer. The connection is closed, because nobody knows where
 * the next request on it would begin.
 */
export function answerUnparsed(http: Server, headers: Record<string, string>): void {
  http.on('clientError', (error: Error & { code?: string }, socket: Duplex) => {
    // Nothing is written into an answer that has begun.
    const { _httpMessage: current } = socket as { _httpMessage?: { headersSent?: boolean } }
    if (!socket.writable || error.code === 'ECONNRESET' || current?.headersSent) return void socket.destroy(error)
    const { status, lines, body } = answerOf(refusals[error.code ?? ''] ?? invalid, headers)
    const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines.map(([name, value]) => `${name}: ${value}`)]
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
  })
  http.on('checkExpectation', (_: IncomingMessage, res: ServerResponse) => {
    const { status, lines, body } = answerOf(unexpected, headers)
    res.writeHead(status, Object.fromEntries(lines)).end(body)
  })
}

function answerOf({ status, message }: Refusal, headers: Record<string, string>) {
  const requestId = randomUUID()
  const body = JSON.stringify(apiError(new AppError('validation_error', message), requestId).body)
  const lines = Object.entries({
    ...headers,
    'X-Request-Id': requestId,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  })
  return { status, lines, body }
}

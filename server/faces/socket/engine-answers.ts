import { randomUUID } from 'node:crypto'
import { type IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http'
import { apiError } from '../../kernel/api-error.ts'
import type { AppError } from '../../kernel/errors.ts'

/** A request as Engine.IO passes it on. For an upgrade, the object in place of the response only takes headers. */
export interface EngineExchange {
  req: IncomingMessage & { ['_query']: Record<string, string | undefined> }
  res: ServerResponse | { setHeader(name: string, value: string): void }
}

export const isUpgrade = ({ res }: EngineExchange): boolean => !(res instanceof ServerResponse)

/**
 * Refuses a request before Engine.IO sees it and closes its connection. The answer has the contract's error and the
 * headers of every other answer; Engine.IO's own refusals do not.
 */
export function refuseRequest({ req, res }: EngineExchange, error: AppError, headers: Record<string, string>): void {
  const { status, retryAfter, body } = apiError(error, randomUUID())
  const text = JSON.stringify(body)
  const all: Record<string, string> = {
    ...headers,
    ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }),
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(text)),
    Connection: 'close',
  }
  if (res instanceof ServerResponse) return void res.writeHead(status, all).end(text)
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`
  req.socket.end(head + text, () => req.socket.destroy())
}

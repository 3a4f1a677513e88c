import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { apiError } from '../../kernel/api-error.ts'
import { unavailable } from '../../kernel/errors.ts'

/** Nobody is up, or whoever had the request died with it: told as an instance would tell it. */
export function refuse(response: ServerResponse): void {
  const { status, headers, text } = refusal()
  response.writeHead(status, headers).end(text)
}

/** The same for a connection that asks for an upgrade, for which Node has no response object. */
export function refusalText(): string {
  const { status, headers, text } = refusal()
  const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${status} Service Unavailable`, ...lines, '', text].join('\r\n')
}

function refusal() {
  const { status, retryAfter = 1, body } = apiError(unavailable(), randomUUID())
  const text = JSON.stringify(body)
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    'retry-after': String(retryAfter),
    'cache-control': 'no-store',
  }
  return { status, headers, text }
}

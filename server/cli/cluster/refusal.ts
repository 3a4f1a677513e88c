import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { apiError } from '../../kernel/api-error.ts'
import { unavailable } from '../../kernel/errors.ts'

/** No instance is up, or the instance that had the request died. The answer looks like one of an instance. */
export function refuse(response: ServerResponse): void {
  const { status, headers, text } = refusal()
  response.writeHead(status, headers).end(text)
}

/** The same for an upgrade request, for which Node has no response object. */
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

import { connect } from 'node:net'
import { text } from 'node:stream/consumers'

export interface RawAnswer {
  status: number
  /** In lower case. */
  headers: string
  body: any
}

/** Sends one request with exactly these lines as its head, which no HTTP client would send. */
export async function rawRequest(url: string, lines: readonly string[], body = ''): Promise<RawAnswer> {
  const { port, hostname } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write(`${[...lines, 'Connection: close', '', body].join('\r\n')}`)
  const answer = await text(socket)
  const [head = '', ...rest] = answer.split('\r\n\r\n')
  const content = rest.join('\r\n\r\n')
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0),
    headers: head.toLowerCase(),
    body: content.startsWith('{') ? JSON.parse(content) : content,
  }
}

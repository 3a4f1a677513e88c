import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { startServer, type TestServer } from '../support/server.ts'
import { isAPIError } from '../suites/answers.ts'

const start = 'GET /api/v1/health HTTP/1.1\r\nHost: x\r\n'
const post = 'POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\n'

describe('requests that are none', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server.close())

  /** Sends bytes as they are. @returns the whole answer, when the server has closed the connection */
  async function send(bytes: string): Promise<{ status: number; head: string; body: any }> {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.on('error', () => {})
    socket.write(bytes, 'latin1')
    const answer = await text(socket)
    const [head = '', body = ''] = answer.split('\r\n\r\n')
    return { status: Number(head.slice(9, 12)), head: head.toLowerCase(), body: JSON.parse(body) }
  }

  for (const [what, bytes, status] of [
    ['a length and chunks', `${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ['two lengths', `${post}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde`, 400],
    ['an unknown coding', `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, 400],
    ['a folded header', `${start}X-A: b\r\n c\r\n\r\n`, 400],
    ['line feeds alone', start.replaceAll('\r', '') + '\n', 400],
    ['a space before a colon', `${start}X-A : b\r\n\r\n`, 400],
    ['a control character in a header', `${start}X-A: a\x01b\r\n\r\n`, 400],
    ['a control character in the address', start.replace('health', 'he\x00lth') + '\r\n', 400],
    ['an unknown method', `${start.replace('GET', 'GOT')}\r\n`, 400],
    ['a head of 17 KB', `${start}X-A: ${'b'.repeat(17 * 1024)}\r\n\r\n`, 431],
    ['2,001 headers', `${start}${'a:b\r\n'.repeat(2_001)}\r\n`, 431],
    ['no host', start.replace('Host: x', 'Connection: close') + '\r\n', 400],
    ['an unknown expectation', `${start}Expect: nonsense\r\n\r\n`, 417],
  ] as const)
    it(`[HT13] refuses ${what} with ${status}, says so like any other error, and closes the connection (attack 109)`, async () => {
      const answer = await send(bytes)
      assert.equal(answer.status, status)
      assert.equal(isAPIError(answer.body).error.code, 'validation_error')
      for (const line of [
        `x-request-id: ${answer.body.request_id}`,
        'x-content-type-options: nosniff',
        "content-security-policy: default-src 'none';frame-ancestors 'none'",
        'cross-origin-resource-policy: same-origin',
        'referrer-policy: no-referrer',
        'cache-control: no-store',
        'connection: close',
      ])
        assert.ok(answer.head.includes(`\r\n${line}`), line)
      assert.match(answer.head, /\r\nx-api-version: \d+\.\d+\.\d+/)
      assert.doesNotMatch(answer.head, /x-powered-by|\r\nserver:/)
    })

  it('[HT13] closes a connection whose head does not come, within 15 s, with 408 (attack 108)', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.on('error', () => {})
    socket.write(start)
    const began = performance.now()
    const slowly = setInterval(() => socket.write('X-A: b\r\n'), 2_000)
    const answer = await text(socket).finally(() => clearInterval(slowly))
    assert.match(answer, /^HTTP\/1\.1 408 /)
    assert.match(answer, /The request came too slowly/)
    assert.ok(performance.now() - began < 15_000)
  })
})

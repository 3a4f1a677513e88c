import assert from 'node:assert/strict'
import { request } from 'node:http'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { limits } from '../../contract/index.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addTask, refuses } from '../suites/answers.ts'

describe('bodies', () => {
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
  })
  after(() => server.close())
  afterEach(async () => void (await expect(server.rest('GET', '/health/live'), 200)))

  const post = async (body: string | Buffer, headers: Record<string, string> = {}, path = '/tasks') => {
    const response = await fetch(`${server.url}/api/v1${path}`, {
      method: 'POST',
      body: body as never,
      headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json', ...headers },
    })
    return { status: response.status, headers: response.headers, body: (await response.json()) as any }
  }
  /** A task whose JSON has exactly this many bytes. */
  const sized = (bytes: number) => JSON.stringify({ title: 'x' }).padEnd(bytes, ' ')

  for (const type of ['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON;charset="UTF-8"'])
    it(`[BI7] reads a body of type ${type}`, async () => {
      assert.equal((await post('{"title":"x"}', { 'content-type': type })).status, 201)
    })

  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    '',
    'application/jsonp',
    'application/json; charset=utf-7',
    'application/json; charset=utf-16',
    'text/json',
  ])
    it(`[BI7] refuses a body of type "${type}" (attack 96)`, async () => {
      refuses(await post('{"title":"x"}', { 'content-type': type }), 'unsupported_media_type')
    })

  it('[BI7] refuses an encoded body, whatever length it announces (attack 96)', async () => {
    const body = gzipSync(JSON.stringify({ title: 'x'.repeat(10_000_000) }))
    for (const encoding of ['gzip', 'br', 'deflate', 'x'])
      refuses(await post(body, { 'content-encoding': encoding }), 'unsupported_media_type')
    assert.equal((await post('{"title":"x"}', { 'content-encoding': 'identity' })).status, 201)
  })

  it('[BI7] refuses a body that is not UTF-8', async () => {
    refuses(await post(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])), 'invalid_json')
    refuses(await post(Buffer.from('{"title":"x"}', 'utf16le')), 'invalid_json')
  })

  it('[BI7] treats an empty body as one without fields', async () => {
    refuses(await post(''), 'validation_error', ['title'])
    await expect(ann.rest('PATCH', `/tasks/${(await addTask(ann)).id}`), 200)
  })

  it('[BI8] accepts a body of one mebibyte', async () => {
    assert.equal((await post(sized(limits.bodyBytes))).status, 201)
  })

  for (const bytes of [limits.bodyBytes + 1, 20 * limits.bodyBytes])
    it(`[BI8] refuses a body of ${bytes} bytes, and the client can read why`, async () => {
      refuses(await post(sized(bytes)), 'payload_too_large')
    })

  it('[BI8] refuses a body of unannounced length beyond the limit', async () => {
    const { status, body } = await new Promise<{ status: number; body: any }>((resolve, reject) => {
      const sent = request(`${server.url}/api/v1/tasks`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${ann.token}`,
          'content-type': 'application/json',
          'transfer-encoding': 'chunked',
        },
      })
      sent.on('error', reject)
      sent.on('response', response => {
        let text = ''
        response.on('error', reject)
        response.on('data', chunk => (text += chunk))
        response.on('end', () => resolve({ status: response.statusCode!, body: JSON.parse(text) }))
      })
      for (let n = 0; n < 17; n++) sent.write(' '.repeat(limits.bodyBytes / 16))
      sent.end('{"title":"x"}')
    })
    assert.deepEqual([status, body.error.code], [413, 'payload_too_large'])
  })

  it('[BI8] does not read a body that a stranger sends', async () => {
    const response = await fetch(`${server.url}/api/v1/tasks`, { method: 'POST', body: '{"title":"x"}' })
    assert.equal(response.status, 401)
  })

  it('[BI9] returns any text as it was sent (attack 94)', async () => {
    for (const title of ['x\u200b\u202e', '\uffff', '👩‍👩‍👧‍👦', 'a\r\nb\tc', '${jndi:ldap://x}', '{{7*7}}', '\\u0000']) {
      const { id } = await addTask(ann, { title, description: title })
      const { body } = await expect(ann.rest('GET', `/tasks/${id}`), 200)
      assert.deepEqual([body.title, body.description], [title, title])
    }
  })

  it('[BI9] refuses huge or strange numbers instead of rounding them', async () => {
    for (const number of ['1e400', '9007199254740993', '-0.5', '1.0000001', '1e-400'])
      refuses(await post(`{"title":"x","assignee_id":${number}}`), 'validation_error', ['assignee_id'])
  })

  /** Sends these bytes and returns what came back until the connection was closed or an answer had arrived. */
  const raw = (text: string) =>
    new Promise<string>(resolve => {
      const { hostname, port } = new URL(server.url)
      const socket = connect(Number(port), hostname)
      let got = ''
      socket.on('data', chunk => {
        got += chunk
        socket.end()
      })
      socket.on('close', () => resolve(got))
      socket.on('error', () => {})
      socket.write(text)
    })

  for (const [what, text] of [
    ['two lengths', 'POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}'],
    [
      'a length and chunks',
      'POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['no host', 'GET /api/v1/tasks HTTP/1.1\r\n\r\n'],
    ['an unknown method', 'FOO /api/v1/tasks HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a folded header', 'GET /api/v1/tasks HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n'],
    ['headers that do not end', `GET /api/v1/tasks HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['binary junk', '\u0016\u0003\u0001\u0000\u0000\r\n\r\n'],
  ] as const)
    it(`[BI10] refuses a request with ${what}, without harm`, async () => {
      assert.match(await raw(text), /^(HTTP\/1\.1 4\d\d |$)/)
    })
})

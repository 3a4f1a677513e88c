import assert from 'node:assert/strict'
import type { lookup } from 'node:dns'
import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { createOutbound, createOutboundCheck } from '../../server/adapters/outbound-http.ts'
import type { OutboundRequest } from '../../server/ports/outbound.ts'
import { startWebServer, type WebServer } from '../support/web-server.ts'

/** Answers every name with these addresses, one list for each call. */
const resolving = (...answers: string[][]) =>
  ((_name: string, _options: object, answer: (error: null, found: object[]) => void) => {
    const addresses = answers.length > 1 ? answers.shift()! : answers[0]!
    answer(
      null,
      addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }) as unknown as typeof lookup

describe('requests to other servers', () => {
  let web: WebServer
  before(async () => void (web = await startWebServer((_, response) => response.end('hello'))))
  after(() => web.close())
  beforeEach(() => void web.asked.splice(0))

  const open = createOutbound({ allowPrivate: true })
  const closed = createOutbound({ allowPrivate: false })
  const asking = (url: string, more: Partial<OutboundRequest> = {}) => ({
    url,
    timeoutMs: 5_000,
    maxBytes: 1_000,
    ...more,
  })
  const refuses = async (work: Promise<unknown>, reason: string) => {
    await assert.rejects(work, { reason })
    assert.deepEqual(web.asked, [])
  }

  for (const host of [
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '0',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '169.254.169.254',
    '10.0.0.1',
    '100.64.0.1',
  ])
    it(`[OU1] refuses ${host}`, () => refuses(closed(asking(`http://${host}:${web.port}/`)), 'not_allowed'))

  it('[OU1] refuses a name that the system’s own resolver resolves to such an address', () =>
    refuses(closed(asking(`http://localhost:${web.port}/`)), 'not_allowed'))

  for (const host of ['localhost.', 'db', 'cache.internal', 'printer.local', 'Router.LAN.'])
    it(`[OU1] refuses the local name ${host}, whatever it resolves to`, () => {
      const outbound = createOutbound({ allowPrivate: false, lookup: resolving(['203.0.114.7']) })
      return refuses(outbound(asking(`http://${host}:${web.port}/`)), 'not_allowed')
    })

  for (const port of [22, 25, 81, 1023])
    it(`[OU1] refuses port ${port}, which belongs to another service`, () => {
      const outbound = createOutbound({ allowPrivate: false, lookup: resolving(['203.0.114.7']) })
      return refuses(outbound(asking(`http://public.example:${port}/`)), 'not_allowed')
    })

  it('[OU1] judges an address before it is used by the same rules, and lets one pass that is not known', async () => {
    const check = createOutboundCheck({
      allowPrivate: false,
      lookup: resolving(['10.0.0.1'], ['203.0.114.7', '10.0.0.1'], []),
    })
    const judged = async (url: string) => (await check(url)) === null
    assert.equal(await judged('https://inside.example/'), false)
    assert.equal(await judged('https://mixed.example/'), true)
    assert.equal(await judged('https://unknown.example/'), true)
    for (const url of ['https://10.0.0.1/', 'https://[::1]/', 'https://db/', 'https://public.example:25/'])
      assert.equal(await judged(url), false, url)
    const never = createOutboundCheck({ allowPrivate: false, lookup: (() => {}) as never })
    assert.equal(await never('https://silent.example/'), null)
    assert.equal(await createOutboundCheck({ allowPrivate: true })('http://127.0.0.1:25/'), null)
  })

  for (const addresses of [['127.0.0.1'], ['::1'], ['::ffff:127.0.0.1'], ['10.0.0.1', '169.254.169.254']])
    it(`[OU1] refuses a name that resolves to ${addresses.join()}`, () => {
      const outbound = createOutbound({ allowPrivate: false, lookup: resolving(addresses) })
      return refuses(outbound(asking(`http://public.example:${web.port}/`)), 'not_allowed')
    })

  it('[OU1] checks a name where the connection is made: an earlier public address does not count', async () => {
    const outbound = createOutbound({ allowPrivate: false, lookup: resolving(['192.0.2.1'], ['127.0.0.1']) })
    for (let n = 0; n < 2; n++) await refuses(outbound(asking(`http://public.example:${web.port}/`)), 'not_allowed')
  })

  it('[OU1] tries only the public ones of several addresses', async () => {
    const outbound = createOutbound({ allowPrivate: false, lookup: resolving(['127.0.0.1', '2606:4700::1']) })
    const failure = await outbound(asking(`http://public.example:${web.port}/`, { timeoutMs: 300 })).catch(
      error => error,
    )
    assert.ok(['unreachable', 'timeout'].includes(failure.reason), String(failure))
    assert.deepEqual(web.asked, [])
  })

  it('[OU1] reaches private addresses where that is allowed, by name too', async () => {
    for (const host of ['127.0.0.1', 'localhost']) {
      const { status, body, cut } = await open(asking(`http://${host}:${web.port}/x`))
      assert.deepEqual([status, body.toString(), cut], [200, 'hello', false])
    }
  })

  it('[OU2] returns a redirect as the answer, and does not follow it', async () => {
    web.answer((_, response) => response.writeHead(302, { location: `${web.url}/secret` }).end())
    const { status, headers } = await open(asking(`${web.url}/first`))
    assert.deepEqual([status, headers['location'], web.asked], [302, `${web.url}/secret`, ['/first']])
  })

  it('[OU3] cuts an answer that is too long', async () => {
    web.answer((_, response) => response.end('x'.repeat(1_000_000)))
    const { body, cut } = await open(asking(web.url))
    assert.deepEqual([body.length, cut], [1_000, true])
    web.answer((_, response) => response.end('x'.repeat(1_000)))
    assert.equal((await open(asking(web.url))).cut, false)
  })

  it('[OU3] cuts an endless answer, and closes its connection', async () => {
    let closing: Promise<unknown> | undefined
    web.answer((_, response) => {
      closing = once(response, 'close')
      const more = () =>
        void (
          response.destroyed || (response.write('x'.repeat(10_000)) ? setImmediate(more) : response.once('drain', more))
        )
      more()
    })
    assert.equal((await open(asking(web.url))).cut, true)
    await closing
  })

  it('[OU3] decompresses a decompression bomb only as far as it is read', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000))
    web.answer((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb))
    const { body, cut } = await open(asking(web.url))
    assert.deepEqual([body.length, cut], [1_000, true])
  })

  it('[OU3] decompresses answers; an unknown encoding or a broken one is unreadable', async () => {
    web.answer((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('hello')))
    assert.equal((await open(asking(web.url))).body.toString(), 'hello')
    for (const [encoding, body] of [
      ['br', 'hello'],
      ['gzip, gzip', gzipSync(gzipSync('hello'))],
      ['gzip', 'hello'],
      ['gzip', gzipSync('hello').subarray(0, 15)],
    ] as const) {
      web.answer((_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(body))
      await assert.rejects(open(asking(web.url)), { reason: 'unreadable' })
    }
  })

  for (const [what, answer] of [
    ['never answers', () => {}],
    [
      'answers a byte at a time',
      (_: unknown, response: any) => {
        const dripping = setInterval(() => response.write('x'), 20)
        response.on('close', () => clearInterval(dripping))
      },
    ],
  ] as const)
    it(`[OU4] gives up a server that ${what}`, async () => {
      web.answer(answer)
      await assert.rejects(open(asking(web.url, { timeoutMs: 150 })), { reason: 'timeout' })
    })

  it('[OU4] lets the caller give up', async () => {
    web.answer(() => {})
    const abort = new AbortController()
    const failure = assert.rejects(open(asking(web.url, { signal: abort.signal })), /changed my mind/)
    abort.abort(new Error('changed my mind'))
    await failure
  })

  it('[OU4] reports a server as unreachable that does not exist, breaks off or does not speak HTTP', async () => {
    await assert.rejects(open(asking('http://127.0.0.1:1/')), { reason: 'unreachable' })
    await assert.rejects(open(asking('http://nobody.invalid/')), { reason: 'unreachable' })
    for (const answer of [
      (_: unknown, { socket }: any) => socket.destroy(),
      (_: unknown, { socket }: any) => socket.end('what?\r\n\r\n'),
      (_: unknown, { socket }: any) =>
        socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'),
      (_: unknown, response: any) =>
        void response.writeHead(200, { 'content-length': 100 }).write('x', () => response.destroy()),
      (_: unknown, response: any) => response.writeHead(200, { 'x-much': 'x'.repeat(100_000) }).end(),
    ]) {
      web.answer(answer)
      await assert.rejects(open(asking(web.url)), { reason: 'unreachable' })
    }
  })
})

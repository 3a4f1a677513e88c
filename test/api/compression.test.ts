import assert from 'node:assert/strict'
import { operations, type Operation, type Task } from '../../contract/index.ts'
import { answersSecrets } from '../../server/faces/rest/secrets.ts'
import { startServer, expect, password, type Client, type TestServer } from '../support/server.ts'
import { pdf, upload } from '../suites/media.ts'
import { ask } from '../suites/packed.ts'

const words = 'große Wörter, die sich oft wiederholen. '

describe('compressed answers', () => {
  const friend = 'https://app.example.com'
  let server: TestServer
  let ann: Client
  let long: number
  before(async () => {
    server = await startServer({ env: { CORS_ORIGINS: friend } })
    ann = await server.user('ann')
    const task = { title: 'long', description: words.repeat(200) }
    long = (await expect(ann.rest('POST', '/tasks', task), 201)).body.id
    for (let nth = 0; nth < 8; nth += 1) await expect(ann.rest('POST', '/tasks', { title: `nth ${nth}` }), 201)
  })
  after(() => server.close())

  const at = (path: string) => `${server.url}/api/v1${path}`
  const bearer = () => ({ authorization: `Bearer ${ann.token}` })

  for (const [takes, encoding] of [
    ['br', 'br'],
    ['gzip', 'gzip'],
    ['gzip;q=0.2, br', 'br'],
    ['*', 'br'],
    ['deflate, zstd', undefined],
    ['br;q=0, identity', undefined],
    ['', undefined],
  ] as const)
    it(`[SZ1] sends ${encoding ?? 'uncompressed'} answers of the same meaning to a client that accepts “${takes}”`, async () => {
      for (const path of [`/tasks/${long}`, '/tasks?page_size=50']) {
        const plain = await ask(at(path), bearer())
        const answer = await ask(at(path), { ...bearer(), 'accept-encoding': takes })
        assert.equal(answer.headers['content-encoding'], encoding, path)
        assert.match(answer.headers.vary ?? '', /Accept-Encoding/)
        assert.equal(answer.headers['content-type'], plain.headers['content-type'])
        assert.equal(answer.headers['content-length'], String(answer.raw.length))
        assert.deepEqual(JSON.parse(answer.text), JSON.parse(plain.text))
        if (encoding) assert.ok(answer.raw.length < plain.raw.length / 2, `${answer.raw.length} bytes`)
      }
    })

  it('[SZ1] leaves small answers alone, gives HEAD the headers of GET, and accepts one ETag for both forms', async () => {
    const small = await ask(at('/health'), { 'accept-encoding': 'br' })
    assert.equal(small.headers['content-encoding'], undefined)
    const head = await ask(at(`/tasks/${long}`), { ...bearer(), 'accept-encoding': 'gzip' }, 'HEAD')
    const got = await ask(at(`/tasks/${long}`), { ...bearer(), 'accept-encoding': 'gzip' })
    for (const name of ['content-encoding', 'content-length', 'etag'])
      assert.equal(head.headers[name], got.headers[name], name)
    const known = { ...bearer(), 'accept-encoding': 'gzip', 'if-none-match': got.headers.etag! }
    assert.deepEqual([(await ask(at(`/tasks/${long}`), known)).status, head.raw.length], [304, 0])
  })

  it('[SZ1] compresses errors too', async () => {
    const refused = await fetch(at(`/tasks/${long}`), {
      method: 'PATCH',
      headers: { ...bearer(), 'content-type': 'application/json', 'accept-encoding': 'gzip', 'if-match': '"999"' },
      body: JSON.stringify({ title: 'other' }),
    })
    const { error } = (await refused.json()) as { error: { code: string; details: { current: Task } } }
    assert.deepEqual([error.code, refused.headers.get('content-encoding')], ['version_conflict', 'gzip'])
    assert.equal(error.details.current.description, words.repeat(200))
  })

  it('[SZ2] never compresses an answer with tokens, however long it is', async () => {
    const email = `${'long'.repeat(15)}@${`${'long'.repeat(15)}.`.repeat(2)}example.com`
    const account = { email, username: 'long-named', name: 'ö'.repeat(200), password }
    const takes = { 'accept-encoding': 'br, gzip' }
    await expect(server.rest('POST', '/auth/register', account), 201)
    const { headers, body } = await expect(server.rest('POST', '/auth/login', { email, password }, takes), 200)
    assert.ok(Buffer.byteLength(JSON.stringify(body)) > 1_024)
    assert.equal(headers.get('content-encoding'), null)
    const renewed = await expect(
      server.rest('POST', '/auth/refresh', { refresh_token: body.refresh_token }, takes),
      200,
    )
    assert.equal(renewed.headers.get('content-encoding'), null)
  })

  it('[SZ2] marks every operation whose answer holds tokens, secrets or links', () => {
    const known = Object.entries(operations).flatMap(([resource, set]) =>
      Object.entries(set as Record<string, Operation>)
        .filter(([, operation]) => answersSecrets(operation))
        .map(([name]) => `${resource}.${name}`),
    )
    for (const name of ['accounts.login', 'accounts.register', 'accounts.refresh', 'adminUsers.resetPassword'])
      assert.ok(known.includes(name), name)
    for (const name of ['tasks.list', 'tasks.get', 'videos.list', 'audit.list', 'media.list'])
      assert.ok(!known.includes(name), name)
  })

  it('[SZ2] does not compress what a page elsewhere could have requested with somebody’s cookies', async () => {
    const { headers } = await fetch(at('/auth/login'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: ann.email, password }),
    })
    const cookie = headers
      .getSetCookie()
      .map(one => one.split(';')[0])
      .join('; ')
    const packed = async (more: Record<string, string>) =>
      (await ask(at(`/tasks/${long}`), { 'accept-encoding': 'br, gzip', cookie, ...more })).headers[
        'content-encoding'
      ] !== undefined
    assert.equal(await packed({ 'sec-fetch-site': 'same-origin' }), true)
    assert.equal(await packed({ 'sec-fetch-site': 'cross-site', origin: friend }), true)
    // Without TLS the length reveals nothing more: whoever listens can read the answer.
    assert.equal(await packed({}), true)
    for (const site of ['cross-site', 'same-site', 'none'])
      assert.equal(await packed({ 'sec-fetch-site': site }), false, site)
    assert.equal(await packed({ 'sec-fetch-site': 'cross-site', origin: 'https://a.example' }), false)
  })

  it('[SZ3] sends stored files as they are, and in parts', async () => {
    const content = pdf()
    const { url } = (await upload(server, ann, [{ name: 'paper.pdf', content }])).body
    const whole = await ask(`${server.url}${url}`, { ...bearer(), 'accept-encoding': 'br, gzip' })
    assert.equal(whole.headers['content-encoding'], undefined)
    assert.deepEqual(whole.raw, content)
    const part = await ask(`${server.url}${url}`, { ...bearer(), 'accept-encoding': 'br', range: 'bytes=5-9' })
    assert.deepEqual([part.status, part.raw.toString('latin1')], [206, content.subarray(5, 10).toString('latin1')])
  })
})

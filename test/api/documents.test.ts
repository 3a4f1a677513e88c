import assert from 'node:assert/strict'
import packageJson from '../../package.json' with { type: 'json' }
import { refuses } from '../suites/answers.ts'
import { ask } from '../suites/packed.ts'
import { startServer, type TestServer } from '../support/server.ts'

const names = ['openapi.json', 'asyncapi.json'] as const

describe('documents', () => {
  let server: TestServer
  let below: TestServer
  before(async () => {
    server = await startServer({ page: true })
    below = await startServer({ env: { PUBLIC_URL: 'https://work.example.com/board' } })
  })
  after(async () => {
    await server.close()
    await below.close()
  })

  for (const name of names)
    for (const place of ['/', '/api/v1/', '/api/'])
      it(`[DC1] serves ${place}${name} to everybody, with the same content everywhere (attack 110)`, async () => {
        const answer = await ask(`${server.url}${place}${name}`)
        assert.deepEqual([answer.status, answer.headers['content-type']], [200, 'application/json; charset=utf-8'])
        const document = JSON.parse(answer.text)
        assert.equal(document.info.version, packageJson.version)
        assert.match(document.openapi ?? document.asyncapi, name === 'openapi.json' ? /^3\.1\./ : /^3\./)
        assert.equal(answer.text, (await ask(`${server.url}/${name}`)).text)
      })

  for (const name of names)
    it(`[DC1] serves ${name} to GET and HEAD only`, async () => {
      for (const method of ['POST', 'PUT', 'DELETE']) {
        const answer = await fetch(`${server.url}/${name}`, { method })
        refuses({ status: answer.status, headers: answer.headers, body: await answer.json() }, 'method_not_allowed')
        assert.equal(answer.headers.get('allow'), 'HEAD, GET, OPTIONS')
      }
      const head = await ask(`${server.url}/${name}`, {}, 'HEAD')
      assert.deepEqual([head.status, head.raw.length], [200, 0])
      refuses(await readError(`${server.url}/${name}`, { accept: 'text/csv' }), 'not_acceptable')
    })

  it('[DC1] serves the documents below the path of PUBLIC_URL, which they name', async () => {
    for (const root of [`${below.url}/board`, below.url]) {
      const rest = JSON.parse((await ask(`${root}/openapi.json`)).text)
      assert.deepEqual(
        rest.servers.map(({ url }: { url: string }) => url),
        ['/board/api/v1', '/board/api'],
      )
      const { host, protocol, pathname } = JSON.parse((await ask(`${root}/asyncapi.json`)).text).servers.main
      assert.deepEqual([protocol, host, pathname], ['wss', 'work.example.com', '/board/socket.io/'])
    }
    const plain = JSON.parse((await ask(`${server.url}/openapi.json`)).text)
    assert.equal(plain.servers[0].url, '/api/v1')
  })

  for (const name of names) {
    for (const [takes, encoding] of [
      ['br', 'br'],
      ['gzip', 'gzip'],
      ['br;q=0.1, gzip', 'gzip'],
      ['identity', undefined],
      ['', undefined],
    ] as const)
      it(`[DC2] compresses ${name} once for clients that accept “${takes}”`, async () => {
        const plain = await ask(`${server.url}/${name}`)
        // A document holds nothing private, so a page elsewhere may learn its length.
        const cookie = { cookie: 'auth_token=x', 'sec-fetch-site': 'cross-site' }
        for (const more of [{}, cookie]) {
          const answer = await ask(`${server.url}/${name}`, { 'accept-encoding': takes, ...more })
          assert.equal(answer.headers['content-encoding'], encoding)
          assert.match(answer.headers.vary ?? '', /Accept-Encoding/)
          assert.equal(answer.text, plain.text)
          if (encoding) assert.ok(answer.raw.length < plain.raw.length / 4, `${answer.raw.length} bytes`)
        }
      })

    it(`[DC2] does not send ${name} again to a client that has it, whatever the compression`, async () => {
      const { headers } = await ask(`${server.url}/${name}`, { 'accept-encoding': 'br' })
      const tag = headers.etag!
      assert.match(tag, /^W\/"[\w-]+"$/)
      for (const known of [tag, tag.slice(2), `"other", ${tag}`, '*']) {
        const again = await ask(`${server.url}/${name}`, { 'if-none-match': known })
        assert.deepEqual([again.status, again.raw.length, again.headers.etag], [304, 0, tag])
      }
      const other = await ask(`${server.url}/${name}`, { 'if-none-match': '"other"' })
      assert.equal(other.status, 200)
    })

    it(`[DC2] makes browsers run nothing in ${name}, and makes caches revalidate it each time`, async () => {
      for (const place of ['/', '/api/v1/']) {
        const { headers } = await ask(`${server.url}${place}${name}`)
        assert.equal(headers['content-security-policy'], "default-src 'none';frame-ancestors 'none'")
        assert.equal(headers['x-content-type-options'], 'nosniff')
        assert.equal(headers['cache-control'], 'no-cache')
        assert.ok(headers['x-request-id'] && headers['x-process-time'])
      }
    })
  }

  it('[HT11] answers an address that only begins like the API’s with the page, which may run scripts', async () => {
    for (const path of ['/apiary', '/openapi', '/asyncapi.json.old', '/api-keys']) {
      const { headers } = await ask(`${server.url}${path}`)
      assert.match(headers['content-security-policy'] as string, /^default-src 'self'/, path)
    }
  })

  const readError = async (url: string, headers: Record<string, string>) => {
    const answer = await fetch(url, { headers })
    return { status: answer.status, headers: answer.headers, body: await answer.json() }
  }
})

import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { ensurePage } from '../../server/adapters/page-build.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { ask } from '../suites/packed.ts'

describe('page: what is sent', () => {
  let server: TestServer
  let dir: string
  before(async function () {
    this.timeout(120_000)
    server = await startServer({ page: true })
    dir = (await ensurePage({ log: createLogger({ level: 'silent', pretty: false }) }))!
  })
  after(() => server?.close())

  const textFiles = async () =>
    (await readdir(path.join(dir, 'assets'))).filter(name => /\.(js|css)$/.test(name)).map(name => `/assets/${name}`)

  it('[SZ4] each file of the page comes packed for whoever takes it, and says so to those in between', async () => {
    for (const file of [...(await textFiles()), '/', '/favicon.svg', '/any/address']) {
      const plain = await ask(`${server.url}${file}`)
      assert.deepEqual([plain.status, plain.headers['content-encoding']], [200, undefined], file)
      for (const takes of ['br', 'gzip'] as const) {
        const packed = await ask(`${server.url}${file}`, { 'accept-encoding': takes })
        assert.equal(packed.text, plain.text, file)
        assert.match(packed.headers.vary ?? '', /Accept-Encoding/)
        assert.equal(packed.headers['content-type'], plain.headers['content-type'], file)
        assert.equal(packed.headers['content-length'], String(packed.raw.length))
        if (plain.raw.length < 1_024) continue
        assert.equal(packed.headers['content-encoding'], takes, file)
        assert.ok(packed.raw.length < plain.raw.length, file)
      }
    }
  })

  it('[SZ4] HEAD tells what GET would, and what is not wanted does not come', async () => {
    const [file] = await textFiles()
    const [head, got] = await Promise.all(
      ['HEAD', 'GET'].map(method => ask(`${server.url}${file}`, { 'accept-encoding': 'br' }, method)),
    )
    for (const name of ['content-length', 'content-encoding', 'cache-control'])
      assert.equal(head!.headers[name], got!.headers[name], name)
    const plain = await ask(`${server.url}${file}`, { 'accept-encoding': 'br;q=0, gzip;q=0' })
    assert.deepEqual(plain.raw, await readFile(path.join(dir, file!)))
  })
})

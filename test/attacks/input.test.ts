import assert from 'node:assert/strict'
import { request } from 'node:http'
import { deflateSync, gzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { type Answer, type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addProject, addTask } from '../suites/answers.ts'
import { programOf } from '../suites/api-keys.ts'
import { fingerprint } from '../suites/event-log.ts'
import { exported } from '../suites/exports.ts'
import { importEnds, sendImport } from '../suites/imports.ts'
import { filesOf, pdf } from '../suites/media.ts'

const provider = { id: 'corp', name: 'Corp', issuer: 'https://issuer.example', client_id: 'x', client_secret: 'y' }

describe('the input of an attacker', function () {
  this.timeout(120_000)
  let server: TestServer
  let eve: Client
  let key: string
  before(async () => {
    server = await startServer({
      env: { IMPORT_MAX_MB: '1', OIDC_PROVIDERS: JSON.stringify([provider]) },
      tuning: { pace: { bytes: 1024, withinMs: 300 } },
    })
    eve = await server.user('eve')
    key = (await programOf(server, server.admin, ['admin'])).key
  })
  after(() => server.close())

  describe('in another encoding', () => {
    const json = '{"title":"encoded"}'
    const form = (name: string, content: string) =>
      `--b\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n${content}\r\n--b--\r\n`
    /** Everything that reads bodies by itself, with a body that it takes for one. */
    const readers: [path: string, type: string, body: string][] = [
      ['/api/v1/tasks', 'application/json', json],
      ['/ofrep/v1/evaluate/flags', 'application/json', '{}'],
      ['/scim/v2/Users', 'application/scim+json', '{"userName":"encoded"}'],
      ['/api/v1/auth/oidc/corp/backchannel-logout', 'application/x-www-form-urlencoded', 'logout_token=x'],
      ['/api/v1/import/tasks', 'multipart/form-data; boundary=b', form('a.csv', '')],
      ['/api/v1/blog/media/upload', 'multipart/form-data; boundary=b', form('a.pdf', String(pdf()))],
    ]
    const send = async (path: string, type: string, body: string | Buffer, headers: Record<string, string> = {}) => {
      const token = path.startsWith('/scim') ? key : eve.token
      const response = await fetch(server.url + path, {
        method: 'POST',
        body: body as never,
        headers: { authorization: `Bearer ${token}`, 'content-type': type, ...headers },
      })
      await response.body?.cancel()
      return response.status
    }

    for (const [path, type, body] of readers) {
      it(`[BI7] a compressed body is refused by ${path} with 415 (attack 96)`, async () => {
        const before = await fingerprint(server)
        for (const [encoding, packed] of [
          ['gzip', gzipSync(body)],
          ['deflate', deflateSync(body)],
          ['gzip, gzip', gzipSync(gzipSync(body))],
          ['x', Buffer.from(body)],
        ] as const)
          assert.equal(await send(path, type, packed, { 'content-encoding': encoding }), 415, encoding)
        assert.equal(await fingerprint(server), before)
        assert.notEqual(await send(path, type, body, { 'content-encoding': 'identity' }), 415)
      })

      if (!type.startsWith('multipart'))
        it(`[BI7] a body in another charset is refused by ${path} with 415 (attack 96)`, async () => {
          for (const charset of ['utf-16', 'utf-7', 'iso-8859-1', 'utf-8x'])
            assert.equal(await send(path, `${type}; charset=${charset}`, Buffer.from(body, 'utf16le')), 415, charset)
          assert.notEqual(await send(path, `${type}; charset=UTF-8`, body), 415)
        })
    }
  })

  it('[XP4] a name, a user agent or a filter is no formula in what an administrator exports (attack 92)', async () => {
    const formulas = ['=HYPERLINK("https://evil.example","me")', '+1+1', '-1+1', '@SUM(A1)', '\uff1d1+1']
    for (const [nth, name] of formulas.entries()) {
      const account = {
        email: `formula${nth}@example.com`,
        username: `formula${nth}`,
        name,
        password: 'horse 7 stable',
      }
      const agent = { 'user-agent': name.startsWith('\uff1d') ? '=1+1' : name }
      await expect(server.rest('POST', '/auth/register', account, agent), 201)
    }
    await addTask(eve, { title: formulas[0], category: formulas[1] })
    const rowsOf = async (body: object, path?: string): Promise<Record<string, string>[]> =>
      parse(await exported(server, server.admin, { format: 'csv', ...body }, path), { bom: true, columns: true })
    const [people, entries, tasks] = [
      await rowsOf({ type: 'users' }),
      await rowsOf({}, '/audit/export'),
      await rowsOf({ type: 'tasks', filters: { category: formulas[1] } }),
    ]
    for (const value of [...people, ...entries, ...tasks].flatMap(row => Object.values(row)))
      assert.doesNotMatch(value, /^\s*[=+\-@\uff1d]/)
    const has = (rows: Record<string, string>[], value: string) =>
      assert.ok(
        rows.some(row => Object.values(row).includes(`'${value}`)),
        value,
      )
    for (const name of formulas) has(people, name)
    for (const agent of formulas.slice(0, -1)) has(entries, agent)
    has(tasks, formulas[0]!)
  })

  describe('as an import', () => {
    const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\ntitle\n'
    /** An import of unannounced length. `feed` writes until the answer is there. */
    async function endless(feed: (write: (content: string | Buffer) => boolean) => void): Promise<Answer> {
      const before = await filesOf(server)
      const sent = request(`${server.url}/api/v1/import/tasks`, {
        method: 'POST',
        headers: { authorization: `Bearer ${eve.token}`, 'content-type': 'multipart/form-data; boundary=b' },
      })
      const answer = await new Promise<Answer>((resolve, reject) => {
        sent.on('error', reject)
        sent.on('response', response => {
          let text = ''
          response.on('error', reject)
          response.on('data', chunk => (text += chunk))
          response.on('end', () =>
            resolve({ status: response.statusCode!, headers: new Headers(), body: JSON.parse(text) }),
          )
        })
        sent.write(head)
        const feeding = () => feed(content => !sent.destroyed && sent.write(content))
        sent.on('drain', feeding)
        feeding()
      }).finally(() => sent.destroy())
      assert.deepEqual(await filesOf(server), before)
      return answer
    }

    it('[IM9] a file without an end is refused when it is too large (attack 93)', async () => {
      const lines = Buffer.from('one more\n'.repeat(7_000))
      const { status, body } = await endless(write => {
        while (write(lines));
      })
      assert.deepEqual([status, Object.keys(body.error.field_errors)], [413, ['file']])
    })

    it('[IM9] a file that drips without an end is ended, and nothing stays (attack 93)', async () => {
      let drip: NodeJS.Timeout | undefined
      const { status } = await endless(write => {
        drip ??= setInterval(() => write('x'), 20)
      }).finally(() => clearInterval(drip))
      assert.equal(status, 400)
    })

    it('[IM17] more than a thousand fields end the file, or are refused as a row (attack 93)', async () => {
      const project = await addProject(eve)
      const run = async (content: string, name: string) => {
        const { body } = await sendImport(server.url, eve.token, content, { project: project.slug, name })
        return importEnds(eve, body.data.id)
      }
      const names = ['title', ...Array.from({ length: 1_000 }, (_, nth) => `c${nth}`)]
      const wide = await run(`${names.join()}\none\n`, 'a.csv')
      assert.deepEqual([wide.status, wide.processed_items], ['failed', 0])
      assert.match(wide.error!, /1001 columns/)
      const row = JSON.stringify(Object.fromEntries(names.map(name => [name, 'x'])))
      const one = await run(`${row}\n{"title":"narrow"}\n`, 'a.ndjson')
      assert.deepEqual([one.result.created, one.result.errors.map(({ line }) => line)], [1, [1]])
    })
  })
})

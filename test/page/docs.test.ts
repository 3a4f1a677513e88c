import assert from 'node:assert/strict'
import { faults, viewports } from '../support/axe.ts'
import { useBrowser } from '../support/browser.ts'
import { asyncApi } from '../../server/faces/rest/documents/asyncapi.ts'
import { openApi } from '../../server/faces/rest/documents/openapi.ts'
import { startServer, type TestServer } from '../support/server.ts'

const about = { version: '0', publicUrl: undefined, basePath: '' }
const pages = {
  '/docs': Object.values(openApi(about).paths as object).flatMap(methods =>
    Object.values<any>(methods).map(({ operationId }) => operationId),
  ),
  '/docs/events': [
    ...Object.keys((asyncApi(about).components as any).messages).map(name => `message-${name}`),
    ...Object.keys(asyncApi(about).channels as object).map(name => `room-${name}`),
  ],
}

describe('page: about the API', () => {
  const browser = useBrowser()
  let server: TestServer
  let below: TestServer
  before(async function () {
    this.timeout(120_000)
    server = await startServer()
    below = await startServer({ env: { PUBLIC_URL: 'https://work.example.com/board' } })
  })
  after(() => Promise.all([server?.close(), below?.close()]))

  for (const [path, anchors] of Object.entries(pages)) {
    for (const [viewport, colorScheme] of [
      [viewports[0], 'light'],
      [viewports[1], 'dark'],
    ] as const)
      it(`[DC8] ${path} shows everything at ${viewport.width} px in the ${colorScheme}, from the server alone, without a script`, async () => {
        const context = await browser().newContext({ viewport, colorScheme })
        const page = await context.newPage()
        const asked: string[] = []
        const said: string[] = []
        page.on('request', request => asked.push(request.url()))
        page.on('console', message => said.push(message.text()))
        await page.goto(server.url + path)
        assert.deepEqual(asked, [`${server.url}${path}`, `${server.url}/docs/docs.css`])
        assert.deepEqual(said, [])
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), viewport.width)
        const ids: string[] = await page.evaluate('[...document.querySelectorAll("[id]")].map(({ id }) => id)')
        assert.equal(new Set(ids).size, ids.length)
        assert.deepEqual(
          anchors.filter(anchor => !ids.includes(anchor)),
          [],
        )
        const broken = await page.evaluate(`[...document.querySelectorAll('a[href^="#"]')]
          .map(link => decodeURIComponent(link.hash.slice(1))).filter(id => !document.getElementById(id))`)
        assert.deepEqual(broken, [])
        assert.deepEqual(await faults(page), [])
        await context.close()
      })

    it(`[DC8] serves ${path} to everybody at the root and next to the operations, and nothing in it may run`, async () => {
      const places = ['', '/api/v1', '/api'].map(prefix => `${server.url}${prefix}${path}`)
      const texts = await Promise.all(
        [...places, `${places[0]}/`].map(async url => {
          const answer = await fetch(url)
          assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'text/html; charset=utf-8'], url)
          const policy = answer.headers.get('content-security-policy')!
          assert.match(policy, /default-src 'none';style-src 'self'/)
          assert.doesNotMatch(policy, /unsafe|script/)
          assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
          return answer.text()
        }),
      )
      assert.equal(new Set(texts).size, 1)
      const again = await fetch(places[0]!, {
        headers: { 'if-none-match': (await fetch(places[0]!)).headers.get('etag')! },
      })
      assert.equal(again.status, 304)
      assert.equal((await fetch(places[0]!, { headers: { accept: 'application/json' } })).status, 406)
    })

    it(`[DC8] serves ${path} below the path of PUBLIC_URL, with links to there`, async () => {
      for (const root of [below.url, `${below.url}/board`]) {
        const text = await (await fetch(root + path)).text()
        const links = [...text.matchAll(/(?:href|src)="(?!#)([^"]*)"/g)].map(([, link]) => link!)
        assert.ok(links.length >= 4 && links.every(link => link.startsWith('/board/')), String(links))
      }
      const style = await fetch(`${below.url}/board/docs/docs.css`)
      assert.deepEqual([style.status, style.headers.get('content-type')], [200, 'text/css; charset=utf-8'])
    })
  }
})

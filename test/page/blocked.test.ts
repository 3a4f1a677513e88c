import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { createClient, type LiveEvent, type LiveStatus } from '../../sdk/index.ts'
import { openBoard, type BoardWindow } from '../support/board-window.ts'
import { useBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { startHttpProxy, type HttpProxy } from '../support/http-proxy.ts'
import { expect, password, startServer, type Client, type TestServer } from '../support/server.ts'

const noSockets = (path: string) => path.includes('/socket.io')
const blockedWords = 'Live connection is blocked: updates every few seconds'
/** The client waits some seconds before it gives up a socket, and some between two requests. */
const patience = { within: 30_000 }

describe('when no socket gets through', () => {
  const browser = useBrowser()
  let server: TestServer
  let proxy: HttpProxy
  let ada: Client

  before(async function () {
    this.timeout(120_000)
    server = await startServer({ page: true })
  })
  after(() => server?.close())
  beforeEach(async () => {
    await server.query('delete from tasks')
    proxy = await startHttpProxy(server.url)
    ada = await server.user('ada')
  })
  afterEach(() => proxy?.close())

  const create = async (title: string) => (await expect(server.admin.rest('POST', '/tasks', { title }), 201)).body
  const change = (id: number, updates: object) => expect(server.admin.rest('PATCH', `/tasks/${id}`, updates), 200)

  describe('page', () => {
    let here: BoardWindow | undefined
    let page: Page | undefined
    afterEach(async () => {
      await Promise.all([here?.close(), page?.context().close()])
      here = page = undefined
    })
    const says = (shown: Page, words: string) =>
      shown.getByRole('status').getByText(words, { exact: true }).waitFor({ timeout: patience.within })

    it('[LV1] shows that, follows what others do, and uses a socket as soon as one gets through', async function () {
      this.timeout(120_000)
      const window = (here = await openBoard(browser(), proxy.url, ada))
      const [moves, goes] = [await create('moves'), await create('goes')]
      await window.card('goes').waitFor()
      proxy.block(noSockets)
      await says(window.page, blockedWords)

      await change(moves.id, { status: 'done' })
      await expect(server.admin.rest('DELETE', `/tasks/${goes.id}`), 204)
      await create('new')

      await eventually(async () => assert.deepEqual(await window.titles('To do'), ['new']), patience)
      assert.deepEqual(await window.titles('Done'), ['moves'])
      assert.equal(await window.page.getByRole('list', { name: 'Here now' }).getByRole('listitem').count(), 0)

      proxy.block(() => false)
      await says(window.page, 'Live')
      await create('live again')
      await eventually(async () => assert.deepEqual(await window.titles('To do'), ['new', 'live again']))
      await window.page.getByRole('list', { name: 'Here now' }).getByText(ada.person.name).waitFor()
    })

    it('[LV1] does the same when no socket ever got through, and at 360 px', async function () {
      this.timeout(120_000)
      proxy.block(noSockets)
      page = await (await browser().newContext({ viewport: { width: 360, height: 740 } })).newPage()
      await page.goto(proxy.url)
      await page.getByRole('textbox', { name: 'Email' }).fill(ada.email)
      await page.getByRole('textbox', { name: 'Password' }).fill(password)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await says(page, blockedWords)

      await create('from elsewhere')

      await page.getByRole('listitem', { name: 'from elsewhere', exact: true }).waitFor({ timeout: patience.within })
      const wide = await page.evaluate('document.documentElement.scrollWidth')
      assert.ok(Number(wide) <= 360, `the page is ${wide} px wide`)
    })
  })

  describe('sdk', () => {
    it('[LV2] reads the log on from the socket’s position: everything once, in order, also after the return to a socket', async function () {
      this.timeout(120_000)
      const client = createClient({
        url: proxy.url,
        credentials: { access_token: ada.token, refresh_token: ada.refreshToken },
      })
      const live = client.realtime()
      const seen: LiveEvent[] = []
      const statuses: LiveStatus[] = []
      let resets = 0
      live.on('event', event => seen.push(event))
      live.on('status', status => statuses.push(status))
      live.on('reset', () => (resets += 1))
      const titles = () => seen.map(event => (event.name === 'task_created' ? event.task.title : event.name))
      try {
        live.start(['tasks'])
        await eventually(() => assert.equal(live.status(), 'live'))
        await create('one')
        await eventually(() => assert.deepEqual(titles(), ['one']))
        proxy.block(noSockets)
        await create('two')
        await eventually(() => assert.deepEqual(titles(), ['one', 'two']), patience)
        assert.equal(live.status(), 'paged')
        assert.deepEqual(live.presence(), {})

        // More than one page of the log.
        const ids = await Promise.all(Array.from({ length: 30 }, (_, nth) => create(`many ${nth}`)))
        for (const nth of [0, 1])
          await expect(
            server.admin.rest('POST', '/tasks/bulk-update', {
              task_ids: ids.map(({ id }) => id),
              updates: { category: `c${nth}` },
            }),
            200,
          )
        await eventually(() => assert.equal(seen.length, 2 + 30 + 60), patience)

        proxy.block(() => false)
        await eventually(() => assert.equal(live.status(), 'live'), patience)
        await create('three')
        await eventually(() => assert.equal(titles().at(-1), 'three'))
        const offsets = seen.map(({ offset }) => offset)
        assert.deepEqual(
          offsets,
          [...new Set(offsets)].toSorted((a, b) => a - b),
        )
        assert.deepEqual(statuses, ['reconnecting', 'live', 'reconnecting', 'paged', 'live'])
        assert.equal(resets, 0)
      } finally {
        live.stop()
      }
    })

    it('[LV2] reports a log of another name, and ends when the session ends', async function () {
      this.timeout(120_000)
      proxy.block(noSockets)
      const client = createClient({ url: proxy.url, credentials: { access_token: ada.token } })
      const live = client.realtime()
      const reasons: string[] = []
      const seen: string[] = []
      let resets = 0
      live.on('signedOut', reason => reasons.push(reason))
      live.on('event', event => seen.push(event.name))
      live.on('reset', () => (resets += 1))
      try {
        live.start(['tasks'], { epoch: 'of before', offset: 5 })
        await eventually(() => assert.equal(live.status(), 'paged'), patience)
        assert.equal(resets, 1)
        await create('after')
        await eventually(() => assert.deepEqual(seen, ['task_created']), patience)

        await expect(ada.rest('POST', '/auth/logout'), 204)
        await eventually(() => assert.equal(live.status(), 'offline'), patience)
        assert.equal(reasons.length, 1)
      } finally {
        live.stop()
      }
    })
  })
})

import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { createClient } from '../../sdk/index.ts'
import { useBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { startHttpProxy, type HttpProxy, type HttpProxyOptions } from '../support/http-proxy.ts'
import { expect, password, startServer, type TestServer } from '../support/server.ts'

const clientsAddress = '203.0.113.7'

const proxies: [string, HttpProxyOptions][] = [
  [
    'that removes it, and sends X-Forwarded-Host and -For with a port',
    {
      strips: true,
      headers: req => ({
        host: 'inner',
        'x-forwarded-host': req.headers.host,
        'x-forwarded-for': `${clientsAddress}:4711`,
        'x-forwarded-proto': 'http',
      }),
    },
  ],
  [
    'that keeps it, and sends Forwarded',
    {
      strips: false,
      headers: req => ({
        host: 'inner:3000',
        forwarded: `for="[::ffff:${clientsAddress}]:4711";host="${req.headers.host}";proto=http`,
      }),
    },
  ],
]

for (const [kind, options] of proxies) {
  describe(`below a path, behind a proxy ${kind}`, () => {
    const browser = useBrowser()
    let server: TestServer
    let proxy: HttpProxy
    let page: Page
    let complaints: string[]

    before(async function () {
      this.timeout(120_000)
      // The address of the proxy is known only after the proxy knows the address of the server.
      server = await startServer({
        page: true,
        env: { PUBLIC_URL: 'http://board.example/wire/board', TRUST_PROXY: '1' },
      })
      proxy = await startHttpProxy(server.url, { ...options, prefix: '/wire/board' })
    })
    after(async () => {
      await proxy?.close()
      await server?.close()
    })
    beforeEach(async () => {
      complaints = []
      page = await (await browser().newContext({ viewport: { width: 1440, height: 900 } })).newPage()
      page.setDefaultTimeout(30_000)
      page.on(
        'response',
        response => response.status() >= 400 && complaints.push(`${response.status()} ${response.url()}`),
      )
      page.on('console', message => message.type() === 'error' && complaints.push(message.text()))
    })
    afterEach(() => page?.context().close())

    async function signIn(email: string) {
      await page.getByRole('textbox', { name: 'Email' }).fill(email)
      await page.getByRole('textbox', { name: 'Password' }).fill(password)
      await page.getByRole('button', { name: 'Sign in' }).click()
    }
    const card = (title: string) => page.getByRole('listitem', { name: title, exact: true })
    const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='

    it('[WH4] signs in, goes live, leads through its views, shows pictures and comes back after a reload', async () => {
      await page.goto(`${proxy.url}/`)
      await signIn('admin@example.com')
      await page.getByRole('status').getByText('Live', { exact: true }).waitFor()
      await expect(server.admin.rest('POST', '/tasks', { title: 'from elsewhere' }), 201)
      await card('from elsewhere').click()
      await page.getByRole('dialog').getByRole('textbox', { name: 'Title' }).fill('changed here')
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
      await card('changed here').waitFor()

      await page.getByRole('link', { name: 'Media' }).click()
      const chooser = page.waitForEvent('filechooser')
      await page.getByRole('button', { name: 'Upload' }).first().click()
      await (await chooser).setFiles({ name: 'dot.png', mimeType: 'image/png', buffer: Buffer.from(png, 'base64') })
      const shown = '[...document.images].some(({ src, naturalWidth }) => /media/.test(src) && naturalWidth > 0)'
      await eventually(async () => assert.equal(await page.evaluate(shown), true))

      for (const place of ['Posts', 'Videos', 'Settings', 'Operations', 'Board']) {
        await page.getByRole('link', { name: place, exact: true }).click()
        assert.equal(new URL(page.url()).pathname, '/wire/board/')
      }
      await page.reload()
      await page.getByRole('status').getByText('Live', { exact: true }).waitFor()
      await card('changed here').waitFor()
      // Neither does the sign-in page cause an error, although nobody is signed in there.
      assert.deepEqual(complaints, [])
    })

    it('[WH4] shows the person’s own address in the sessions, at both doors', async () => {
      const person = await server.user('ann')
      await page.goto(`${proxy.url}/`)
      await signIn(person.email)
      await page.getByRole('status').getByText('Live', { exact: true }).waitFor()
      await page.getByRole('link', { name: 'Settings' }).click()
      await page.getByText(clientsAddress).first().waitFor()
      const rows = await server.query<{ ip_address: string }>('select ip_address from sessions')
      for (const { ip_address: address } of rows) assert.match(address, /^\d+\.\d+\.\d+\.\d+$/)
    })

    it('[WH4] keeps cookies below the path and replaces them with a change, so that nobody else on the host gets them', async () => {
      await page.goto(`${proxy.url}/`)
      await signIn('admin@example.com')
      await page.getByRole('status').getByText('Live', { exact: true }).waitFor()
      const paths = Object.fromEntries((await page.context().cookies()).map(({ name, path }) => [name, path]))
      assert.deepEqual(paths, {
        auth_token: '/wire/board/',
        csrf_token: '/wire/board/',
        refresh_token: '/wire/board/api/v1/auth',
      })
    })

    it('[WH4] redirects to the address with a slash at the end, and shows that a wrong address holds nothing', async () => {
      if (options.strips === false) {
        const answer = await fetch(`${server.url}/wire/board`, { redirect: 'manual' })
        assert.equal(answer.headers.get('location'), '/wire/board/')
      }
      await page.goto(`${proxy.url}/`)
      await signIn('admin@example.com')
      await page.getByRole('status').getByText('Live', { exact: true }).waitFor()
      await page.goto(`${proxy.url}/some/where?x#/posts`)
      await page.getByText('There is nothing here').waitFor()
      await page.getByRole('link', { name: 'To your tasks' }).click()
      await page.getByRole('region', { name: 'To do' }).waitFor()
      assert.deepEqual(complaints, [])
    })

    it('[WH5] serves REST and sockets, and links in answers lead back to the path', async () => {
      const client = createClient({ url: proxy.url })
      const { access_token: token } = await client.accounts.login({ email: 'admin@example.com', password })
      const live = client.realtime()
      try {
        const heard: string[] = []
        live.on('event', event => heard.push(event.name))
        live.start(['tasks'])
        await eventually(() => assert.equal(live.status(), 'live'))
        const authorization = `Bearer ${token}`
        const create = () =>
          fetch(`${proxy.url}/api/v1/tasks`, {
            method: 'POST',
            headers: { authorization, 'content-type': 'application/json' },
            body: '{"title":"x"}',
          })
        const made = await create()
        await create()
        const follow = (address: string) => fetch(new URL(address, proxy.origin), { headers: { authorization } })
        assert.equal((await follow(made.headers.get('location')!)).status, 200)
        const second = (await (
          await fetch(`${proxy.url}/api/v1/tasks?page_size=1&page=2`, { headers: { authorization } })
        ).json()) as { previous: string }
        assert.equal((await follow(second.previous)).status, 200)
        const file = new File([Buffer.from(png, 'base64')], 'dot.png', { type: 'image/png' })
        const [media] = await client.media.upload(file)
        assert.equal((await follow(media!.url)).status, 200)
        assert.equal((await follow(media!.thumbnail_url!)).status, 200)
        await eventually(() => assert.equal(heard.length, 2))
      } finally {
        live.stop()
      }
    })
  })
}

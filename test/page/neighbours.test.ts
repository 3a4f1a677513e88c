import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Page } from 'playwright-core'
import { createAccessTokens } from '../../server/features/accounts/access-tokens.ts'
import { useBrowser } from '../support/browser.ts'
import { startHttpProxy, type HttpProxy } from '../support/http-proxy.ts'
import { expect, password, startServer, type TestServer } from '../support/server.ts'
import { refuses } from '../suites/answers.ts'

const innerSecret = 'another secret, of the other one on this host'

describe('two Taskwires on one host, at / and below a path', () => {
  const browser = useBrowser()
  let outer: TestServer
  let inner: TestServer
  let proxy: HttpProxy
  let page: Page

  before(async function () {
    this.timeout(120_000)
    outer = await startServer({ page: true })
    inner = await startServer({
      page: true,
      jwtSecret: innerSecret,
      env: { PUBLIC_URL: 'http://board.example/board', TRUST_PROXY: '1' },
    })
    proxy = await startHttpProxy(inner.url, {
      prefix: '/board',
      headers: req => ({ 'x-forwarded-host': req.headers.host }),
    })
  })
  after(async () => {
    await proxy?.close()
    await Promise.all([outer?.close(), inner?.close()])
  })

  describe('in a browser', () => {
    before(async () => {
      page = await (await browser().newContext()).newPage()
      page.setDefaultTimeout(30_000)
    })
    after(() => page?.context().close())

    const live = () => page.getByRole('status').getByText('Live', { exact: true }).waitFor()
    /** Cookies ignore ports, so these are one host. */
    async function signIn(url: string) {
      await page.goto(url)
      await page.getByRole('textbox', { name: 'Email' }).fill('admin@example.com')
      await page.getByRole('textbox', { name: 'Password' }).fill(password)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await live()
    }
    async function addTask(title: string) {
      await page.getByRole('button', { name: 'New task' }).click()
      await page.getByRole('dialog').getByRole('textbox', { name: 'Title' }).fill(title)
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
      // The dialog goes back in the history when it closes, which would stop the next navigation.
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await page.getByRole('listitem', { name: title, exact: true }).waitFor()
    }

    it('[WH8] signs in at both, works in both, and signs out of one without the other', async () => {
      await signIn(outer.url)
      await signIn(`${proxy.url}/`)
      await addTask('inside')
      await page.reload()
      await live()
      await page.getByRole('listitem', { name: 'inside', exact: true }).waitFor()

      await page.goto(outer.url)
      await live()
      await addTask('outside')
      assert.equal(await page.getByRole('listitem', { name: 'inside', exact: true }).count(), 0)

      await page.goto(`${proxy.url}/#/settings`)
      await page.getByRole('button', { name: 'Sign out', exact: true }).click()
      await page.getByRole('textbox', { name: 'Email' }).waitFor()
      await page.reload()
      await page.getByRole('textbox', { name: 'Email' }).waitFor()
      await page.goto(outer.url)
      await live()
      await signIn(`${proxy.url}/`)
    })
  })

  const me = (server: TestServer, path: string, ...tokens: string[]) =>
    server.rest('GET', path, undefined, { cookie: tokens.map(token => `auth_token=${token}; csrf_token=x`).join('; ') })

  it('[WH8] ignores a token of the other one, wherever it stands, also when its own has expired', async () => {
    const others = outer.admin.token
    for (const tokens of [
      [inner.admin.token, others],
      [others, inner.admin.token],
      ['', inner.admin.token, 'nonsense', others],
    ])
      assert.equal((await expect(me(inner, '/auth/me', ...tokens), 200)).body.id, inner.admin.person.id)
    refuses(await me(inner, '/auth/me', others, 'nonsense'), 'unauthenticated')

    const expired = createAccessTokens(innerSecret, -60).sign(inner.admin.person.id, randomUUID()).token
    refuses(await me(inner, '/auth/me', others, expired), 'token_expired')
  })

  it('[WH8] refuses two tokens of its own by name, and any two at /', async () => {
    const another = await inner.login('admin@example.com')
    refuses(await me(inner, '/auth/me', inner.admin.token, another.token), 'validation_error', ['Cookie'])
    refuses(await me(outer, '/auth/me', outer.admin.token, inner.admin.token), 'validation_error', ['Cookie'])
  })
})

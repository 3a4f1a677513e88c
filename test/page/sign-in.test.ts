import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { useBrowser } from '../support/browser.ts'
import { expect, startServer, type TestServer } from '../support/server.ts'

describe('page: signing in', () => {
  const browser = useBrowser()
  let server: TestServer
  let page: Page

  before(async function () {
    this.timeout(120_000)
    server = await startServer({ page: true })
  })
  after(() => server?.close())
  beforeEach(async () => {
    page = await (await browser().newContext()).newPage()
    page.setDefaultTimeout(30_000)
    await page.goto(server.url)
  })
  afterEach(() => page?.context().close())

  const fill = async (email: string, password: string) => {
    await page.getByRole('textbox', { name: 'Email' }).fill(email)
    await page.getByRole('textbox', { name: 'Password' }).fill(password)
  }

  it('[PG1] shows in the form that the credentials are wrong, and the page stays', async () => {
    await fill('admin@example.com', 'not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()

    await page.getByRole('alert').getByText('do not belong together').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Sign in' }).count(), 1)
  })

  it('[PG1] creates an account from an e-mail and a password, and leads to the board', async () => {
    await page.getByRole('button', { name: 'Create account' }).click()
    await fill('newcomer@example.com', 'a good long secret')
    await page.getByRole('button', { name: 'Create account' }).click()

    await page.getByRole('region', { name: 'To do' }).waitFor()
    await page.getByRole('list', { name: 'Here now' }).getByText('newcomer').waitFor()
  })

  it('[PG1] shows each validation error beside its field', async () => {
    await page.getByRole('button', { name: 'Create account' }).click()
    await fill('short@example.com', 'short')
    await page.getByRole('button', { name: 'Create account' }).click()

    const field = page.getByRole('textbox', { name: 'Password' })
    await page.getByText('at least 8 characters').waitFor()
    await page.locator('[aria-invalid=true]').waitFor()
    assert.equal(await field.getAttribute('aria-invalid'), 'true')
  })

  it('[PG1] sets a new password by the link of a reset, once', async () => {
    const ann = await server.user('forgetful')
    const { body } = await expect(server.admin.rest('POST', `/admin/users/${ann.person.id}/reset-password`, {}), 200)
    const link = `${server.url}/#/reset-password?token=${body.reset_token}`
    const choose = async () => {
      await page.goto('about:blank')
      await page.goto(link)
      await page.getByRole('textbox', { name: 'New password' }).fill('another long secret')
      await page.getByRole('button', { name: 'Change it' }).click()
    }

    await choose()
    await page.getByText('Your password is changed').waitFor()
    await fill(ann.email, 'another long secret')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('region', { name: 'To do' }).waitFor()

    await page.context().clearCookies()
    await choose()
    await page.getByRole('alert').getByText('used or is too old').waitFor()
  })

  it('[PG1] keeps the content security policy, and leaves no token where scripts can read it (attack 72)', async () => {
    const complaints: string[] = []
    page.on('console', message => message.type() !== 'log' && complaints.push(message.text()))
    page.on('pageerror', error => complaints.push(error.message))
    await page.reload()
    await fill('newcomer@example.com', 'a good long secret')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('status').getByText('Live').waitFor()

    assert.deepEqual(complaints, [])
    assert.doesNotMatch(await page.evaluate('JSON.stringify(localStorage) + document.cookie'), /eyJ|auth_token/)
  })

  it('[SU2] keeps the typed e-mail when one changes to another form', async () => {
    const email = () => page.getByRole('textbox', { name: 'Email' })
    const go = (name: string) => page.getByRole('button', { name, exact: true }).click()
    await email().fill('somebody@example.com')
    await go('Create account')
    assert.equal(await email().inputValue(), 'somebody@example.com')
    await email().fill('another@example.com')
    await go('I have an account')
    assert.equal(await email().inputValue(), 'another@example.com')
    await go('Forgot password?')
    await go('Back to signing in')
    assert.equal(await email().inputValue(), 'another@example.com')
  })

  it('[SU1] offers no account when registration is closed, and says whom to ask', async () => {
    const closed = await startServer({ page: true, env: { REGISTRATION: 'closed' } })
    try {
      await page.goto(closed.url)
      await page.getByText('Ask an administrator of this server for an account').waitFor()
      assert.equal(await page.getByRole('button', { name: 'Create account' }).count(), 0)
      await page.getByRole('button', { name: 'Forgot password?' }).click()
      await page.getByRole('button', { name: 'Back to signing in' }).click()
      await page.getByText('Ask an administrator of this server for an account').waitFor()
      assert.equal(await page.getByRole('button', { name: 'Create account' }).count(), 0)
    } finally {
      await closed.close()
    }
  })
})

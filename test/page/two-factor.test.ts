import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { useBrowser } from '../support/browser.ts'
import { type Client, password, startServer, type TestServer } from '../support/server.ts'
import { codeOf } from '../suites/totp.ts'

describe('page: the second factor', () => {
  const browser = useBrowser()
  let server: TestServer
  let ann: Client
  let page: Page

  before(async function () {
    this.timeout(120_000)
    server = await startServer({ page: true })
    ann = await server.user('ann')
    page = await (await browser().newContext()).newPage()
    page.setDefaultTimeout(30_000)
    await page.goto(`${server.url}/#/settings`)
  })
  after(async () => {
    await page?.context().close()
    await server?.close()
  })

  const button = (name: string) => page.getByRole('button', { name })
  async function signIn() {
    await page.getByRole('textbox', { name: 'Email' }).fill(ann.email)
    await page.getByRole('textbox', { name: 'Password' }).fill(password)
    await button('Sign in').click()
  }
  async function confirmPassword() {
    const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' })
    await dialog.getByRole('textbox', { name: 'Your password' }).fill(password)
    await dialog.getByRole('button', { name: 'Confirm' }).click()
  }

  it('[TF7] asks for the password once more when the sign-in was a while ago, and shows a QR code', async () => {
    await signIn()
    await page.getByRole('heading', { name: 'Two-factor sign-in' }).waitFor()
    await server.query(`update sessions set authenticated_at = authenticated_at - interval '1 hour'`)
    await server.admin.rest('PUT', `/admin/users/${ann.person.id}`, { tier: 'pro' })
    await button('Set up an authenticator app').click()
    await confirmPassword()
    await page.getByRole('img', { name: 'QR code for your authenticator app' }).waitFor()
  })

  it('[TF7] turns it on with a code, and shows the recovery codes once', async () => {
    const secret = (await page.getByLabel('Secret for the app').innerText()).replace(/\s/g, '')
    const field = page.getByRole('textbox', { name: 'Code of the app' })
    await field.fill('000000')
    await button('Turn it on').click()
    await page.getByText('Is not the present code').waitFor()
    await field.fill(codeOf(secret))
    await button('Turn it on').click()
    const codes = page.getByRole('group', { name: 'Recovery codes' })
    await codes.getByRole('listitem').nth(9).waitFor()
    const downloading = page.waitForEvent('download')
    await button('Download the codes').click()
    assert.equal((await downloading).suggestedFilename(), 'taskwire-recovery-codes.txt')
    const [first] = await codes.getByRole('listitem').allInnerTexts()
    await button('I have kept them').click()
    await page.getByText('10 recovery codes are left').waitFor()

    await button('Sign out').click()
    await signIn()
    const code = page.getByRole('textbox', { name: 'Code' })
    await code.fill('000000')
    await button('Sign in').click()
    await page.getByText('This code is wrong').waitFor()
    await code.fill(first!)
    await button('Sign in').click()
    await page.getByText('9 recovery codes are left').waitFor()
  })

  it('[TF7] turns it off with the password', async () => {
    await button('Turn it off…').click()
    const dialog = page.getByRole('dialog', { name: 'Turn two-factor sign-in off?' })
    await dialog.getByRole('textbox', { name: 'Your password' }).fill(password)
    await dialog.getByRole('button', { name: 'Turn it off' }).click()
    await button('Set up an authenticator app').waitFor()
  })
})

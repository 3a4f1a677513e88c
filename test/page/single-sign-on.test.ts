import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { useBrowser } from '../support/browser.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { type Issuer, startIssuer } from '../suites/oidc-issuer.ts'
import { providersEnv } from '../suites/sign-on.ts'

describe('page: single sign-on', () => {
  const browser = useBrowser()
  let server: TestServer
  let issuer: Issuer
  let page: Page

  before(async function () {
    this.timeout(120_000)
    issuer = await startIssuer()
    issuer.signsInAs('eve')
    issuer.people.set('eve', { sub: 'eve', email: 'eve@corp.example', email_verified: true, name: 'Eve' })
    server = await startServer({ page: true, env: providersEnv({ corp: { issuer, allow_signup: true } }) })
  })
  after(async () => {
    await server?.close()
    await issuer?.close()
  })
  beforeEach(async () => {
    page = await (await browser().newContext()).newPage()
    page.setDefaultTimeout(30_000)
  })
  afterEach(() => page?.context().close())

  const enter = (on: Page) => on.getByRole('link', { name: 'Sign in with The corp' })

  it('[SO14] says that a provider does not answer, and passwords go on working', async () => {
    await issuer.stop()
    try {
      await page.goto(server.url)
      await enter(page).click()
      await page.getByRole('alert').getByText('does not answer').waitFor()
      await page.getByRole('textbox', { name: 'Email' }).fill('admin@example.com')
      await page.getByRole('textbox', { name: 'Password' }).fill('correct horse 9')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('region', { name: 'To do' }).waitFor()
    } finally {
      await issuer.start()
    }
  })

  it('[SO14] says that it did not work, whatever reason the address names', async () => {
    await page.goto(`${server.url}/#/?sign_in_error=constructor`)
    await page.getByRole('alert').getByText('did not work').waitFor()
    await page.getByRole('textbox', { name: 'Email' }).waitFor()
  })

  it('[SO14] signs in by a button and comes back to the view that was open', async () => {
    await page.goto(`${server.url}/#/settings`)
    await enter(page).click()
    await page.getByText('Signed in as eve@corp.example').waitFor()
    await page.getByRole('list', { name: 'Linked accounts' }).getByText('The corp').waitFor()
    assert.equal(await page.getByRole('heading', { name: 'Change password' }).count(), 0)
    await page.getByRole('button', { name: 'Unlink' }).click()
    await page.getByRole('alert').getByText('only way in').waitFor()
  })

  it('[SO14] links an account in the settings, and unlinks it', async () => {
    const ann = await server.user('ann')
    issuer.signsInAs('ann')
    issuer.people.set('ann', { sub: 'ann', email: ann.email, email_verified: true })
    await page.goto(`${server.url}/#/settings`)
    await enter(page).click()
    await page.getByRole('alert').getByText('link The corp in the settings').waitFor()
    await page.getByRole('textbox', { name: 'Email' }).fill(ann.email)
    await page.getByRole('textbox', { name: 'Password' }).fill('correct horse 9')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('button', { name: 'Link The corp' }).click()
    await page.getByRole('button', { name: 'Unlink' }).click()
    await page.getByText('The account is not linked any more').waitFor()
  })
})

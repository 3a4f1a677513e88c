import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { useBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { startMailbox } from '../support/mailbox.ts'
import { expect, password, startServer, type TestServer } from '../support/server.ts'

const another = 'another long secret'

describe('page: a forgotten password', () => {
  const browser = useBrowser()
  let mailbox: Awaited<ReturnType<typeof startMailbox>>
  let server: TestServer
  let bare: TestServer
  let page: Page

  before(async function () {
    this.timeout(120_000)
    mailbox = await startMailbox()
    server = await startServer({ page: true, env: { SMTP_URL: mailbox.url } })
    bare = await startServer({ page: true })
  })
  after(async () => {
    await Promise.all([server?.close(), bare?.close()])
    await mailbox?.close()
  })
  beforeEach(async () => {
    page = await (await browser().newContext()).newPage()
    page.setDefaultTimeout(30_000)
  })
  afterEach(() => page?.context().close())

  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const field = (name: string) => page.getByRole('textbox', { name, exact: true })
  async function signIn(url: string, email: string, secret = password) {
    await page.goto(url)
    await field('Email').fill(email)
    await field('Password').fill(secret)
    await button('Sign in').click()
    await page.getByRole('status').getByText('Live', { exact: true }).waitFor()
  }
  async function choose() {
    await field('New password').fill(another)
    await button('Change it').click()
  }
  const linkFor = async (url: string, id: number) => {
    const { body } = await expect(server.admin.rest('POST', `/admin/users/${id}/reset-password`, {}), 200)
    return `${url}/#/reset-password?token=${body.reset_token}`
  }

  it('[FP6] sends an e-mail when there is a mail server, with a link to a new password', async () => {
    const ann = await server.user('ann')
    await page.goto(server.url)
    await field('Email').fill(ann.email)
    await button('Forgot password?').click()
    assert.equal(await field('Email').inputValue(), ann.email)
    await button('Send the link').click()
    await page.getByRole('alert').getByText(`If ${ann.email} belongs to an account`).waitFor()
    const { text } = await eventually(() => {
      const found = mailbox.messages.find(({ to }) => to.includes(ann.email))
      assert.ok(found)
      return found
    })

    await button('I have a token').click()
    await field('Token').fill(` ${/[A-Za-z0-9_-]{43}/.exec(text)![0]} `)
    await choose()
    await page.getByText('Your password is changed').waitFor()
    await signIn(server.url, ann.email, another)
  })

  it('[FP6] says whom to ask when there is no mail server', async () => {
    await page.goto(bare.url)
    await button('Forgot password?').click()
    await page.getByRole('alert').getByText('Ask one of its administrators').waitFor()
    assert.equal(await field('Email').count(), 0)
    await button('Back to signing in').click()
    await field('Password').waitFor()
  })

  it('[FP7] accepts a link while somebody else is signed in, who stays signed in', async () => {
    const [bob, eve] = [await server.user('bob'), await server.user('eve')]
    await signIn(server.url, bob.email)
    await page.goto(await linkFor(server.url, eve.person.id))
    await page.getByText(`You are signed in here as ${bob.person.name}`).waitFor()
    await choose()
    await page.getByText('Your password is changed').waitFor()
    await button(`Go on as ${bob.person.name}`).click()
    await page.getByRole('status').getByText('Live', { exact: true }).waitFor()
    await server.login(eve.email, another)
    await server.login(bob.email)
  })

  it('[FP7] ends the session by a link of the same person, and leads to the sign-in', async () => {
    const kim = await server.user('kim')
    await signIn(server.url, kim.email)
    const token = 'own'.padEnd(43, 'x')
    // A token as an e-mail holds it: an administrator's reset would have ended the session already.
    await server.query(
      `insert into password_resets (hash, user_id, expires_at) values (sha256($1), $2, now() + interval '1 hour')`,
      [Buffer.from(token), kim.person.id],
    )
    await page.goto(`${server.url}/#/reset-password?token=${token}`)
    await choose()
    await page.getByText('Sign in with the new one').waitFor()
    await button('Sign in').click()
    await signIn(server.url, kim.email, another)
  })

  it('[FP8] gives an administrator a link to copy, which works', async () => {
    const { person } = await server.user('lost')
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url })
    await signIn(server.url, 'admin@example.com')
    await page.goto(`${server.url}/#/operations`)
    await button(person.name).click()
    await button('Reset password…').click()
    await button('Reset').click()
    await button('Copy the link').click()
    await page.getByText('The link is copied').waitFor()
    const link = String(await page.evaluate('navigator.clipboard.readText()'))
    assert.ok(link.startsWith(`${server.url}/#/reset-password?token=`), link)
    await page.context().clearCookies()
    await page.goto('about:blank')
    await page.goto(link)
    await choose()
    await page.getByText('Your password is changed').waitFor()
    await server.login(`${person.username}@example.com`, another)
  })
})

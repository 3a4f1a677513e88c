import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { openBoard, type BoardWindow } from '../support/board-window.ts'
import { useBrowser } from '../support/browser.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { limitsOf } from '../suites/rate-limits.ts'

const limit = 150

describe('page: rate limits', () => {
  const browser = useBrowser()
  let server: TestServer
  let ann: Client
  let here: BoardWindow
  let page: Page

  before(async function () {
    this.timeout(120_000)
    server = await startServer({ page: true, env: { RATE_LIMIT_FREE: String(limit) } })
    ann = await server.user('ann')
    for (let nth = 0; nth < 30; nth++)
      await expect(server.admin.rest('POST', '/tasks', { title: `task ${nth}`, assignee_id: ann.person.id }), 201)
    here = await openBoard(browser(), server.url, ann)
    page = here.page
  })
  after(async () => {
    await here?.close()
    await server?.close()
  })

  it('[PG92] takes little of the limit to open the board', async () => {
    const { remaining } = limitsOf(await ann.rest('GET', '/auth/me'))[0]!
    assert.ok(limit - remaining <= 25, `opening the board has cost ${limit - remaining}`)
  })

  it('[PG92] shows people what is left', async () => {
    await page.evaluate('location.hash = "/settings"')
    await page.getByText(/^\d+ of 150 calls are left until \d/).waitFor()
  })

  it('[PG92] says until when somebody has to wait, asks no more meanwhile, and goes on then', async () => {
    while ((await ann.rest('GET', '/auth/me')).status === 200);
    let asked = 0
    page.on('request', request => request.url().includes('/api/') && asked++)
    await page.getByRole('link', { name: 'Posts' }).click()
    await page
      .getByText(/That was too much in a short time. You can go on at \d/)
      .first()
      .waitFor()
    assert.ok(asked < 20, `the page has asked ${asked} times`)
    await expect(server.admin.rest('POST', '/rate-limits/reset', { user_id: ann.person.id }), 200)
    await page.getByRole('button', { name: 'Try again' }).first().click()
    await page.getByText('Nobody has written anything yet').waitFor()
  })

  it('[PG93] lets administrators reset the limits of a person, of an address, or of all', async () => {
    const admin = await openBoard(browser(), server.url, server.admin)
    try {
      await admin.page.evaluate('location.hash = "/operations/system"')
      await admin.page.getByRole('button', { name: 'Reset all limits…' }).click()
      await admin.page.getByRole('button', { name: 'Reset them' }).click()
      await admin.page.getByText(/counts? (is|are) forgotten/).waitFor()
      await admin.page.getByRole('textbox', { name: 'Limited address' }).fill('nowhere')
      await admin.page.getByRole('button', { name: 'Reset this address' }).click()
      await admin.page.getByText('Must be an IP address').waitFor()

      while ((await ann.rest('GET', '/auth/me')).status === 200);
      await admin.page.evaluate('location.hash = "/operations"')
      await admin.page.getByRole('button', { name: 'ann', exact: true }).click()
      await admin.page.getByRole('button', { name: 'Reset limits' }).click()
      await admin.page.getByText('May call and sign in again').waitFor()
      await expect(ann.rest('GET', '/auth/me'), 200)
    } finally {
      await admin.close()
    }
  })
})

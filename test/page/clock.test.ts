import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { useBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { expect, password, startServer, type Client, type TestServer } from '../support/server.ts'

const tokenTtlSeconds = 9
const hourMs = 3_600_000

/** Simulates a computer whose clock is wrong: `Date` returns another time. */
function setClock(offByMs: number) {
  const Real = Date
  const now = () => Real.now() + offByMs
  class Wrong extends Real {
    constructor(...given: [] | [number]) {
      super(...((given.length === 0 ? [now()] : given) as [number]))
    }
    static override now = now
  }
  globalThis.Date = Wrong as DateConstructor
}

describe('page: on a computer whose clock is wrong', function () {
  this.timeout(120_000)
  const browser = useBrowser()
  let server: TestServer
  let ada: Client
  const opened: Page[] = []

  before(async function () {
    this.timeout(120_000)
    server = await startServer({ page: true, env: { ACCESS_TOKEN_TTL: String(tokenTtlSeconds) } })
  })
  after(() => server?.close())
  beforeEach(async () => {
    await server.query('delete from tasks')
    ada = await server.user('ada')
  })
  afterEach(() => Promise.all(opened.splice(0).map(page => page.context().close())))

  async function open(offByMs: number) {
    const context = await browser().newContext({ viewport: { width: 1440, height: 900 } })
    context.setDefaultTimeout(30_000)
    await context.addInitScript(setClock, offByMs)
    const page = await context.newPage()
    opened.push(page)
    const renewedAt: number[] = []
    let sockets = 0
    page.on('websocket', () => (sockets += 1))
    page.on('response', response => {
      const asked = response.request()
      if (asked.url().endsWith('/auth/refresh')) renewedAt.push(asked.timing().startTime)
    })
    await page.goto(server.url)
    await page.getByRole('textbox', { name: 'Email' }).fill(ada.email)
    await page.getByRole('textbox', { name: 'Password' }).fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('status').getByText('Live', { exact: true }).waitFor()
    return { page, renewedAt, sockets: () => sockets }
  }

  const off = [
    ['two hours fast', 2 * hourMs],
    ['two hours slow', -2 * hourMs],
    ['twenty years slow', -20 * 365 * 24 * hourMs],
    ['five minutes fast', hourMs / 12],
  ] as const

  it('[CK3] renews the token in time on a socket that stays', async () => {
    // All at once, because each waits for its second renewal.
    const all = await Promise.all(off.map(async ([name, offByMs]) => ({ name, ...(await open(offByMs)) })))
    for (const { name, page, renewedAt, sockets } of all) {
      await eventually(() => assert.ok(renewedAt.length >= 2, name), { within: tokenTtlSeconds * 4_000 })

      // A slow computer may make it longer, and never shorter.
      const pauseMs = renewedAt[1]! - renewedAt[0]!
      assert.ok(pauseMs > tokenTtlSeconds * 1_000 * 0.4, `${name}: renewed again after ${pauseMs} ms`)
      assert.equal(sockets(), 1, name)
      assert.equal(await page.getByRole('status').textContent(), 'Live', name)
    }
  })

  for (const [name, offByMs] of off) {
    it(`[CK4] shows recent changes as recent, and only overdue tasks as overdue: ${name}`, async () => {
      const own = await server.login(ada.email)
      const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString()
      for (const [title, due] of [
        ['was due', -40],
        ['will be due', 40],
      ] as const)
        await expect(own.rest('POST', '/tasks', { title, due_date: inMinutes(due) }), 201)
      const { page } = await open(offByMs)

      const card = (title: string) => page.getByRole('listitem', { name: title, exact: true })
      await card('will be due').waitFor()
      assert.equal(await card('was due').getByText('Overdue').count(), 1)
      assert.equal(await card('will be due').getByText('Overdue').count(), 0)
      await card('will be due').click()
      await page.getByRole('dialog').getByText('just now').first().waitFor()
    })
  }
})

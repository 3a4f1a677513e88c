import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { openBoard, type BoardWindow } from '../support/board-window.ts'
import { useBrowser } from '../support/browser.ts'
import { startServer, type Client, type TestServer } from '../support/server.ts'
import { addTask } from '../suites/answers.ts'
import {
  register,
  startReceiver,
  verify,
  webhookEnv,
  webhookTuning,
  type Receiver,
} from '../suites/webhook-receiver.ts'

describe('page: webhooks', () => {
  const browser = useBrowser()
  let server: TestServer
  let ada: Client
  let here: BoardWindow
  let page: Page
  let receiver: Receiver
  let secret: string

  before(async function () {
    this.timeout(120_000)
    receiver = await startReceiver()
    server = await startServer({ page: true, env: webhookEnv, tuning: webhookTuning })
    ada = await server.user('ada')
    here = await openBoard(browser(), server.url, ada)
    page = here.page
  })
  after(async () => {
    await here?.close()
    await server?.close()
    await receiver?.close()
  })

  const answers = (status: number) => receiver.answer((_, response) => void response.writeHead(status).end())
  afterEach(() => answers(204))

  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
  const field = (name: string) => page.getByRole('textbox', { name, exact: true })
  const dialog = (name: string) => page.getByRole('dialog', { name })
  const entry = (name: string) => page.getByRole('listitem').filter({ has: button(name) })
  const deliveries = () => page.getByRole('list', { name: 'Deliveries' }).getByRole('listitem')
  const open = async () => {
    await page.evaluate(`location.hash = '/settings'`)
    await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Webhooks' }).click()
  }
  const look = async (name: string) => {
    await open()
    await button(name).click()
    await dialog(name).waitFor()
  }
  const close = () => button('Close').click()
  const shownSecret = () => page.getByRole('group', { name: 'The secret' }).locator('code').innerText()

  it('[PG84] registers an address for chosen events, says at the fields what is wrong, and shows the secret once', async () => {
    await open()
    await button('Add a webhook').click()
    await button('Add it').click()
    await page.getByText('Where are the events to be sent?').waitFor()
    await field('Address').fill('ftp://example.com')
    await button('Add it').click()
    await page.locator('[type=url][aria-invalid=true]').waitFor()

    await field('Address').fill(receiver.url)
    await field('What it is for').fill('The greenhouse')
    await page.getByRole('radio', { name: 'Only some' }).check({ force: true })
    await button('task.created').click()
    await field('Events of applications').fill('nonsense')
    await button('Add it').click()
    await page.getByText('names of no event: nonsense').waitFor()
    await field('Events of applications').fill('pump.started')
    await button('Add it').click()
    secret = await shownSecret()
    assert.match(secret, /^whsec_/)
    await button('Done').click()
    await entry('The greenhouse').getByText('Gets task.created, pump.started').waitFor()

    await addTask(ada, { title: 'mist' })
    const [first] = await receiver.has(1)
    verify(secret, first!)
    await page.reload()
    await button('The greenhouse').waitFor()
    assert.ok(!(await page.content()).includes('whsec_'))
  })

  it('[PG31] has what was typed into a new webhook there again after a reload', async () => {
    await open()
    await button('Add a webhook').click()
    await field('Address').fill('https://example.com/half')
    await page.reload()
    await button('Add a webhook').click()
    await page.getByText('What you had begun is here again').waitFor()
    assert.equal(await field('Address').inputValue(), 'https://example.com/half')
    await button('Throw it away').click()
    assert.equal(await field('Address').inputValue(), '')
    await button('Cancel').click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  it('[PG85] lists what was sent, with its answer, and sends it again', async () => {
    await look('The greenhouse')
    const sent = deliveries().filter({ hasText: 'task.created' })
    await sent.getByText('Delivered').waitFor()
    await sent.getByText('answered 204').waitFor()
    const before = receiver.got.length
    await button(/^Send again task.created, \d+$/).click()
    const got = await receiver.has(before + 1)
    assert.equal(got.at(-1)!.id, got[before - 1]!.id)
    await sent.getByText('Delivered').waitFor()
    await close()
  })

  it('[PG85] shows by itself what is sent while one looks, and finds what was given up', async () => {
    await look('The greenhouse')
    answers(500)
    await addTask(ada, { title: 'burst pipe' })
    const failed = deliveries().filter({ hasText: 'Given up' })
    await failed.getByText('the receiver answered 500').waitFor()
    await page.getByRole('combobox', { name: 'Show' }).selectOption('delivered')
    await failed.waitFor({ state: 'detached' })
    await close()
  })

  it('[PG85] sends a range of offsets again, and says at the fields what is wrong', async () => {
    await look('The greenhouse')
    await deliveries().filter({ hasText: 'Given up' }).waitFor()
    const [, offset] = /offset (\d+)/.exec(await deliveries().filter({ hasText: 'Given up' }).innerText())!
    const before = receiver.got.length
    await button('Send a range again…').click()
    assert.equal(await field('From offset').inputValue(), offset)
    assert.equal(await field('To offset').inputValue(), offset)
    await field('From offset').fill('the first')
    await button('Send them again').click()
    await page.getByText('Give a whole number.').waitFor()
    await field('From offset').fill(String(Number(offset) + 1))
    await button('Send them again').click()
    await page.getByText('must not lie before from_offset').waitFor()
    await field('From offset').fill('1')
    await button('Send them again').click()
    await page.getByText('2 deliveries are sent again').waitFor()
    await receiver.has(before + 2)
    await close()
  })

  it('[PG85] sends a test at once, and says how it was answered', async () => {
    await look('The greenhouse')
    await button('Send a test').click()
    await page.getByText(/The test arrived: answered 204 in \d+ ms/).waitFor()
    await deliveries().filter({ hasText: 'webhook.test' }).waitFor()
    answers(418)
    await button('Send a test').click()
    await page.getByText('The test did not arrive').waitFor()
    await close()
  })

  it('[PG84] changes it, and keeps what somebody else has changed meanwhile', async () => {
    await look('The greenhouse')
    await button('Change…').click()
    const [{ id } = { id: 0 }] = await server.query<{ id: number }>('select id from webhooks')
    await server.admin.rest('PATCH', `/webhooks/${id}`, { ordered: true })
    await field('What it is for').fill('The orchard')
    await page.keyboard.press('Escape')
    await button('Go on editing').click()
    await button('Save').click()
    await dialog('The orchard').getByText('one after the other').waitFor()
    await close()
    await button('The orchard').waitFor()
  })

  it('[PG31] does not close the form that was opened again before the first one was answered', async () => {
    await look('The orchard')
    await button('Change…').click()
    const hold = Promise.withResolvers<void>()
    await page.route('**/webhooks/*', async route => {
      if (route.request().method() !== 'PATCH') return route.fallback()
      const answer = await route.fetch()
      await hold.promise
      await route.fulfill({ response: answer })
    })
    try {
      await field('What it is for').fill('The orchard behind the house')
      await button('Save').click()
      await page.keyboard.press('Escape')
      await button('Discard').click()
      await dialog('Change the webhook').waitFor({ state: 'detached' })
      await button('Change…').click()
      await field('What it is for').fill('The orchard, begun again')
    } finally {
      hold.resolve()
      await page.unrouteAll({ behavior: 'wait' })
    }
    await dialog('The orchard behind the house').waitFor()
    assert.equal(await field('What it is for').inputValue(), 'The orchard, begun again')
    await field('What it is for').fill('The orchard')
    await button('Save').click()
    await dialog('Change the webhook').waitFor({ state: 'detached' })
    await close()
  })

  it('[PG84] gives it a new secret, with which messages are signed from then on', async () => {
    await look('The orchard')
    await button('New secret…').click()
    await button('Make a new one').click()
    const fresh = await shownSecret()
    assert.notEqual(fresh, secret)
    const before = receiver.got.length
    await button('Send a test').click()
    verify(fresh, (await receiver.has(before + 1)).at(-1)!)
    await close()
  })

  it('[PG84] turns it off and on, and says why it was stopped', async () => {
    await open()
    await button('Turn off The orchard').click()
    await entry('The orchard').getByText('Off', { exact: true }).waitFor()
    await button('Turn on The orchard').click()
    await entry('The orchard').getByText('Off', { exact: true }).waitFor({ state: 'detached' })
    answers(410)
    await addTask(ada, { title: 'gone' })
    await page.getByRole('link', { name: /^Notifications/ }).click()
    await page.getByRole('link', { name: /was stopped/ }).click()
    await entry('The orchard').getByText('the receiver answered that it is gone').waitFor()
  })

  it('[PG84] removes it after asking, by the keyboard alone', async () => {
    await open()
    await button('The orchard').press('Enter')
    await button('Remove…').press('Enter')
    await button('Remove').press('Enter')
    await page.getByText('You have none yet').waitFor()
    assert.equal((await ada.rest('GET', '/webhooks/list')).body.data.count, 0)
  })

  it('[PG86] shows administrators everybody’s, with their owners, and those of one person', async () => {
    await register(ada, receiver.url, ['*'], { description: 'The pond' })
    await register(server.admin, receiver.url, ['*'], { description: 'The gate' })
    const theirs = await openBoard(browser(), server.url, server.admin)
    try {
      await theirs.page.evaluate(`location.hash = '/operations/webhooks'`)
      const items = theirs.page.getByRole('list', { name: 'Webhooks' }).getByRole('listitem')
      await items.filter({ hasText: 'The gate' }).waitFor()
      await items.filter({ hasText: 'The pond' }).getByText(`Of ${ada.person.name}`).waitFor()
      await theirs.page.getByRole('combobox', { name: 'Of' }).fill(ada.person.username)
      await theirs.page.getByRole('option', { name: ada.person.name }).first().click()
      await items.filter({ hasText: 'The gate' }).waitFor({ state: 'detached' })
      await theirs.page.getByRole('button', { name: 'Turn off The pond' }).click()
      await items.getByText('Off', { exact: true }).waitFor()

      await theirs.page.evaluate(`location.hash = '/settings/webhooks'`)
      await items.filter({ hasText: 'The gate' }).waitFor()
      assert.equal(await items.count(), 1)
    } finally {
      await theirs.close()
    }
  })

  it('[PG11] fits the width of a phone in every part of the settings, whatever the address', async () => {
    await register(ada, `${receiver.url}/${'long'.repeat(50)}`)
    await page.setViewportSize({ width: 360, height: 740 })
    for (const path of ['/settings', '/settings/exports', '/settings/data', '/settings/webhooks']) {
      await page.evaluate(`location.hash = '${path}'`)
      await page.locator(`nav a[href$="#${path}"][aria-current=page]`).last().waitFor()
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360, path)
    }
    await button(/^127.*longlong/).click()
    await page.getByRole('heading', { name: 'Deliveries' }).waitFor()
    const dialogBody = page.getByRole('dialog').locator('.modal-body')
    assert.equal(await dialogBody.evaluate(body => body.scrollWidth - body.clientWidth), 0)
  })
})

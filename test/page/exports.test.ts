import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { openBoard, type BoardWindow } from '../support/board-window.ts'
import { useBrowser } from '../support/browser.ts'
import { openConnection } from '../support/connection.ts'
import { expect, password, startServer, type Client, type TestServer } from '../support/server.ts'
import { addTask } from '../suites/answers.ts'
import { unzipped } from '../suites/archive.ts'

describe('page: exports and one’s own data', () => {
  const browser = useBrowser()
  let server: TestServer
  let ada: Client
  let here: BoardWindow
  let page: Page

  before(async function () {
    this.timeout(120_000)
    server = await startServer({ page: true })
    ada = await server.user('ada')
    here = await openBoard(browser(), server.url, ada)
    page = here.page
  })
  after(async () => {
    await here?.close()
    await server?.close()
  })

  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const choose = (label: string, value: string) => page.getByRole('combobox', { name: label }).selectOption(value)
  /** Nobody reads the table until this connection ends. */
  const hold = async (table: string) => {
    const holder = await openConnection(server.ownerUrl)
    await holder.query(`begin; lock table ${table} in access exclusive mode`)
    return holder
  }
  const rows = () => page.getByRole('list', { name: 'Exports' }).getByRole('listitem')
  const open = async (part: string) => {
    await page.evaluate(`location.hash = '/settings'`)
    await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: part, exact: true }).click()
  }
  /** The text of the file that a link leads to. */
  const saved = async (link: ReturnType<Page['getByRole']>) => {
    await link.waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    return readFile(await download.path())
  }

  it('[PG80] makes an export, shows how far it is, and gives the file', async () => {
    await addTask(ada, { title: 'water the ferns' })
    await open('Exports')
    const holder = await hold('tasks')
    await choose('Format', 'ndjson')
    await button('Export').click()
    await rows().getByRole('progressbar', { name: 'Progress: Tasks as NDJSON' }).waitFor()
    await holder.end()

    const link = rows()
      .first()
      .getByRole('link', { name: /^Download Tasks as NDJSON/ })
    await rows().first().getByText('1 entry').waitFor()
    await rows().first().getByText('kept until').waitFor()
    assert.equal(JSON.parse(String(await saved(link))).title, 'water the ferns')
  })

  it('[PG80] stops an export, and says why one has failed and that a file is gone', async () => {
    await open('Exports')
    const holder = await hold('videos')
    await choose('What', 'videos')
    await button('Export').click()
    await button('Cancel Videos as CSV').click()
    await rows().first().getByText('Cancelled').waitFor()
    await holder.end()

    await server.query(`update jobs set status = 'failed', error = 'The disk is full.' where status = 'cancelled'`)
    await server.query('update exports set expires_at = now()')
    await page.reload()
    await rows().first().getByText('Failed: The disk is full.').waitFor()
    await rows().nth(1).getByText('no longer kept').waitFor()
    assert.equal(await page.getByRole('link', { name: /^Download/ }).count(), 0)
  })

  it('[PG80] shows an export that was asked for elsewhere', async () => {
    await open('Exports')
    await rows().first().waitFor()
    const holder = await hold('projects')
    await expect(ada.rest('POST', '/export/data', { type: 'projects', format: 'json' }), 202)
    await rows().getByText('Projects as JSON').first().waitFor()
    await holder.end()
    await rows()
      .first()
      .getByRole('link', { name: /^Download Projects as JSON/ })
      .waitFor()
  })

  it('[PG80] offers accounts to administrators alone', async () => {
    await open('Exports')
    const kinds = page.getByRole('combobox', { name: 'What' }).getByRole('option')
    assert.ok(!(await kinds.allInnerTexts()).includes('Accounts'))
  })

  it('[PG81] exports the tasks that the board shows', async () => {
    await addTask(ada, { title: 'repot', priority: 'urgent' })
    await addTask(ada, { title: 'compost', priority: 'urgent', status: 'cancelled' })
    await page.evaluate(`location.hash = '/?priority=urgent'`)
    await here.card('repot').waitFor()
    await page.getByRole('button', { name: 'Filter' }).click()
    await button('Export these tasks').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Format' }).selectOption('json')
    await dialog.getByRole('button', { name: 'Export', exact: true }).click()
    const tasks = JSON.parse(String(await saved(dialog.getByRole('link', { name: /^Download/ }))))
    assert.deepEqual(
      tasks.map(({ title }: { title: string }) => title),
      ['repot'],
    )
    await dialog.getByRole('button', { name: 'Close' }).last().click()
  })

  it('[PG82] makes an archive of everything about the person, for them', async () => {
    await open('Your data')
    await button('Make the archive').click()
    const file = await saved(page.getByRole('link', { name: /^Download Everything about you/ }))
    assert.ok((await unzipped(file)).has('manifest.json'))
  })

  it('[PG83] says what an erasure takes and leaves, and does nothing without the password and a yes', async () => {
    await open('Your data')
    await page.getByRole('list', { name: 'What goes' }).getByText('All files').waitFor()
    await page.getByRole('list', { name: 'What stays' }).getByText('Tasks, comments').waitFor()
    await button('Erase account…').click()
    await page.getByText('Enter your password').waitFor()
    assert.equal(await page.getByRole('dialog').count(), 0)

    const field = page.getByRole('textbox', { name: 'Your password' })
    await field.fill('not it')
    await button('Erase account…').click()
    await button('Keep').click()
    await button('Erase account…').click()
    await button('Erase for good').click()
    await page.locator('[aria-invalid=true]').waitFor()
    assert.equal((await ada.rest('GET', '/auth/me')).status, 200)
  })

  it('[PG83] erases the account, leaves nothing in the browser, and says so at the sign-in', async () => {
    await page.evaluate(`location.hash = '/settings'`)
    await page.getByRole('textbox', { name: 'Username' }).fill('half a name')
    await open('Your data')
    await page.getByRole('textbox', { name: 'Your password' }).fill(password)
    await button('Erase account…').click()
    await button('Erase for good').click()
    await page.getByText('Your account is closed').waitFor()
    assert.equal(await page.evaluate('location.hash'), '#/')
    assert.deepEqual(await page.evaluate(`Object.keys(localStorage).filter(key => key.includes('draft'))`), [])
    assert.deepEqual(await page.context().cookies(), [])
    assert.notEqual((await ada.rest('GET', '/auth/me')).status, 200)
  })
})

import assert from 'node:assert/strict'
import { rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { faultsInBoth } from '../support/axe.ts'
import { openBoard, type BoardWindow } from '../support/board-window.ts'
import { useBrowser } from '../support/browser.ts'
import { expect, type Client, type TestServer } from '../support/server.ts'
import { withBoards } from '../support/with-boards.ts'
import { addTask } from '../suites/answers.ts'

describe('page: backups', function () {
  this.timeout(120_000)
  const browser = useBrowser()
  let server: TestServer
  let ada: Client
  let here: BoardWindow
  let page: Page

  withBoards({ people: ['admin'], tuning: { maintenanceLookMs: 100 } }, boards => {
    server = boards.server
    ;[here] = boards.windows
  })
  before(async () => {
    ada = await server.user('ada')
    page = here.page
    page.setDefaultTimeout(30_000)
    await page.evaluate(`location.hash = '/operations/backups'`)
    await page.getByText('There are no backups yet').waitFor()
  })

  const rows = () => page.getByRole('region', { name: 'Backups' }).getByRole('listitem')
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
  const make = async (type: string) => {
    await page.getByRole('combobox', { name: 'Of what' }).selectOption(type)
    await button('Make a backup').click()
  }

  it('[PG66] makes a backup of what one chooses, and shows when it is there', async () => {
    await make('Accounts')
    await button(/^Put back: Accounts/).waitFor()
    assert.match(await rows().first().innerText(), /Accounts[^]*\d (kB|bytes)/)
  })

  it('[PG66] shows why one does not get on, cancels it, and offers no way to put back what failed', async () => {
    const folder = path.join(server.dataDir, 'backups')
    await rename(folder, `${folder}-away`)
    await writeFile(folder, 'a file in the place of the folder')
    try {
      await make('Files')
      await rows().first().getByText('Something went wrong').waitFor()
      await button(/^Cancel: Files/).click()
      const failed = rows().filter({ hasText: 'Failed' })
      await failed.locator('.field-error').waitFor()
      assert.equal(await failed.getByRole('button').count(), 0)
    } finally {
      await rm(folder)
      await rename(`${folder}-away`, folder)
    }
    assert.deepEqual(await faultsInBoth(page), [])
  })

  it('[PG67] puts one back in two steps, and every window loads by itself or leads to the sign-in', async () => {
    await addTask(server.admin, { title: 'before', assignee_id: ada.person.id })
    await make('Everything')
    const putBack = button(/^Put back: Everything/)
    await putBack.waitFor()
    await expect(ada.rest('PATCH', '/auth/me', { name: 'Renamed' }), 200)
    const mine = await page.context().newPage()
    await mine.goto(server.url)
    const theirs = await openBoard(browser(), server.url, ada)
    await addTask(server.admin, { title: 'after' })
    const { person: late } = await server.user('late')
    const people = await page.context().newPage()
    await people.goto(`${server.url}/#/operations`)
    await people.getByRole('button', { name: late.name, exact: true }).waitFor()
    for (const window of [mine, theirs.page]) await window.getByRole('listitem', { name: 'after' }).waitFor()

    const assignee = (name: string) => mine.getByRole('listitem', { name: 'before' }).getByTitle(name)
    await assignee('Renamed').waitFor()
    await putBack.click()
    await page.getByRole('list', { name: 'What this means' }).getByText('Everything that was done').waitFor()
    assert.deepEqual(await faultsInBoth(page), [])
    await button('Put it back').click()
    await page.getByText('Type the word restore').waitFor()
    await page.getByRole('textbox', { name: 'Type “restore” to confirm' }).fill('restore')
    await button('Put it back').click()

    await page.getByText('The backup is put back').waitFor()
    await mine.getByRole('listitem', { name: 'after' }).waitFor({ state: 'detached' })
    await assignee('ada').waitFor()
    await mine.getByRole('status').getByText('Live', { exact: true }).waitFor()
    await people.getByRole('button', { name: late.name, exact: true }).waitFor({ state: 'detached' })
    await people.getByRole('button', { name: ada.person.name, exact: true }).waitFor()
    await theirs.page.getByText('This session was ended').waitFor()
    await theirs.close()
    await button('Done').click()
    assert.equal(await rows().count(), 3, 'the backups are those of now')
  })

  it('[PG66] fits the width of a phone', async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    assert.equal(await page.evaluate('document.querySelector("main").scrollWidth'), 360)
    assert.deepEqual(await faultsInBoth(page), [])
  })
})

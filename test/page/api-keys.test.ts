import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import type { BoardWindow } from '../support/board-window.ts'
import { eventually } from '../support/eventually.ts'
import type { Client, TestServer } from '../support/server.ts'
import { withBoards } from '../support/with-boards.ts'
import { withKey } from '../suites/api-keys.ts'

describe('page: API keys', () => {
  let server: TestServer
  let ada: Client
  let here: BoardWindow
  let page: Page
  let key: string

  withBoards({ people: ['ada'], tuning: { keyUsageMs: 50 } }, boards => {
    server = boards.server
    ;[ada] = boards.people
    ;[here] = boards.windows
    page = here.page
  })

  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
  const permission = (thing: string, deed: string) =>
    page.getByRole('group', { name: thing, exact: true }).getByRole('checkbox', { name: deed })
  const shownKey = () => page.getByRole('group', { name: 'The key' }).locator('code').innerText()
  const callsWith = (shown: string) => withKey(server, ada, shown).rest('GET', '/tasks')
  const look = async () => {
    await button('Backup script').click()
    await page.getByRole('dialog', { name: 'Backup script' }).waitFor()
  }

  it('[AK15] makes a key with chosen permissions, says what is missing, and shows it once', async () => {
    await page.evaluate(`location.hash = '/settings'`)
    await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'API keys' }).click()
    await page.getByText('You have none yet.').waitFor()
    await button('Make a key').click()
    await button('Make it').click()
    await page.getByText('Say what it is for').waitFor()
    await page.getByRole('textbox', { name: 'Name' }).fill('Backup script')
    await button('Make it').click()
    await page.getByText('Choose at least one').waitFor()
    await permission('Tasks', 'Read').check()
    await permission('Comments', 'Read').check()
    assert.equal(await page.getByRole('group', { name: 'Further' }).count(), 0)
    await button('Make it').click()
    key = await shownKey()
    await button('Copy the key').click()
    await button('Done').click()
    await page.getByText('Tasks (read), Comments (read). Never expires. Not used yet.').waitFor()
    assert.equal((await callsWith(key)).status, 200)
  })

  it('[AK15] shows how it is used', async () => {
    await withKey(server, ada, key).rest('POST', '/tasks', { title: 'Refused' })
    await eventually(async () => {
      const { body } = await ada.rest('GET', '/api-keys')
      const usage = await ada.rest('GET', `/api-keys/${body.results[0].id}/usage`)
      assert.equal(usage.body.calls, 2)
    })
    await look()
    await page.getByText('2 calls, 1 of them refused or failed. By status: 1 with 200, 1 with 403.').waitFor()
    const endpoints = page.getByRole('table', { name: 'By endpoint' })
    assert.deepEqual(await endpoints.getByRole('rowheader').allInnerTexts(), ['GET /tasks', 'POST /tasks'])
    await button('Close').click()
  })

  it('[AK15] changes, rotates and revokes it', async () => {
    await look()
    await button('Change…').click()
    await permission('Posts', 'Write').check()
    await button('Save').click()
    await page.getByText('May: Tasks (read), Comments (read), Posts (write).').waitFor()
    await button('Rotate…').click()
    await button('Rotate').click()
    await page.getByRole('group', { name: 'The key' }).waitFor()
    const fresh = await shownKey()
    assert.deepEqual([(await callsWith(key)).status, (await callsWith(fresh)).status], [401, 200])
    await button('Revoke…').click()
    await button('Revoke').click()
    await page.getByText('Revoked', { exact: true }).waitFor()
    assert.equal((await callsWith(fresh)).status, 401)
  })
})

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { faultsInBoth } from '../support/axe.ts'
import { openBoard, type BoardWindow } from '../support/board-window.ts'
import { useBrowser } from '../support/browser.ts'
import { expect, type TestServer } from '../support/server.ts'
import { withBoards } from '../support/with-boards.ts'

describe('page: operations', () => {
  const browser = useBrowser()
  let server: TestServer
  let here: BoardWindow
  let page: Page

  withBoards({ people: ['admin'] }, boards => {
    server = boards.server
    ;[here] = boards.windows
    page = here.page
  })

  const people = async () => {
    await page.evaluate(`location.hash = '/settings'`)
    await page.getByRole('link', { name: 'Operations' }).click()
    await page.getByRole('checkbox', { name: 'Select all that are shown' }).waitFor()
  }

  it('[PG30] is for administrators: nobody else has a link to it, and its address shows nothing', async () => {
    const ann = await server.user('ann')
    const theirs = await openBoard(browser(), server.url, ann)
    assert.equal(await theirs.page.getByRole('link', { name: 'Operations' }).count(), 0)
    await theirs.page.evaluate(`location.hash = '/operations'`)
    await theirs.page.getByRole('heading', { name: 'This is for administrators' }).waitFor()
    await theirs.close()
  })

  it('[PG30] finds people by text, role and state, and acts on many in a job that one watches', async () => {
    const [ada, grace] = [await server.user('ada'), await server.user('grace')]
    await people()
    await page.getByRole('searchbox', { name: 'Search people' }).fill('@example')
    for (const { person } of [ada, grace]) {
      await page.getByRole('checkbox', { name: `Select ${person.name}`, exact: true }).check()
    }
    await page.getByRole('combobox', { name: 'Do with the selected' }).selectOption('ban')
    await page.getByRole('textbox', { name: 'Reason' }).fill('sold the plants')
    await page.getByRole('button', { name: 'Ban', exact: true }).click()
    await page.getByText('Done: 2 of 2').waitFor()
    await page.getByRole('button', { name: 'Done', exact: true }).click()
    await page.getByText('Banned').nth(1).waitFor()
    assert.equal((await ada.rest('GET', '/auth/me')).status, 403)

    await page.getByRole('combobox', { name: 'State' }).selectOption('active')
    await page.getByText(grace.person.name, { exact: true }).waitFor({ state: 'detached' })
  })

  it('[PG30] shows the API keys of somebody, and revokes one', async () => {
    const ada = await server.user('ada-with-keys')
    const made = { name: 'nightly report', permissions: ['tasks:read'] }
    const { key } = (await expect(ada.rest('POST', '/api-keys', made), 201)).body
    await people()
    await page.getByRole('searchbox', { name: 'Search people' }).fill('ada-with-keys')
    await page.getByRole('button', { name: ada.person.name, exact: true }).click()
    const keys = page.getByRole('list', { name: `API keys of ${ada.person.name}` })
    await keys.getByText('Tasks (read)').waitFor()
    await keys.getByRole('button', { name: 'Revoke… nightly report' }).click()
    await page.getByRole('button', { name: 'Revoke', exact: true }).click()
    await keys.getByText('Revoked', { exact: true }).waitFor()
    assert.equal((await server.rest('GET', '/tasks', undefined, { 'x-api-key': key })).status, 401)
    await page.keyboard.press('Escape')
  })

  it('[PG30] shows the link of a reset once, to the administrator, and the link works', async () => {
    const { person } = await server.user('lost')
    await people()
    await page.getByRole('button', { name: person.name, exact: true }).click()
    await page.getByRole('button', { name: 'Reset password…' }).click()
    await page.getByRole('button', { name: 'Reset', exact: true }).click()
    const link = new URL(await page.locator('.secret').innerText())
    const token = new URLSearchParams(link.hash.split('?')[1]).get('token')
    await expect(server.rest('POST', '/auth/reset-password', { token, new_password: 'a new long secret' }), 204)
    await page.getByRole('button', { name: 'Close' }).click()
  })

  it('[PG30] shows in the audit log what was done, by whom and why, and lists jobs with their results', async () => {
    await people()
    await page.getByRole('link', { name: 'Audit log' }).click()
    await page.getByText('because “sold the plants”').first().waitFor()
    await page.getByRole('link', { name: 'Jobs' }).click()
    await page.getByText('Done: 2 of 2').waitFor()
  })

  it('[PG69] shows live how the jobs of everybody get on', async () => {
    await page.evaluate(`location.hash = '/operations/jobs'`)
    await page.getByText('Done: 2 of 2').waitFor()
    const iris = await server.user('iris')
    await expect(iris.rest('POST', '/export/data', { type: 'tasks', format: 'json' }), 202)
    const job = page.getByRole('region', { name: 'Jobs' }).getByRole('listitem').filter({ hasText: 'Export for iris' })
    await job.getByText('Done').waitFor()
  })

  it('[PG68] narrows the audit log to a person, a thing and an action, in words, and exports what is listed', async () => {
    await expect(server.admin.rest('POST', '/features/toggle', { name: 'shed', enabled: false }), 200)
    await expect(server.admin.rest('POST', '/features/toggle', { name: 'shed', enabled: true }), 200)
    await page.evaluate(`location.hash = '/operations/audit'`)
    await page.getByRole('combobox', { name: 'About' }).selectOption('Feature flags')
    const entries = page.getByRole('region', { name: 'Audit log' }).getByRole('listitem')
    await entries.filter({ hasText: 'you changed the flag shed' }).getByText('enabled: no yes').waitFor()
    await entries.nth(2).waitFor({ state: 'detached' })
    await page.getByRole('combobox', { name: 'What was done' }).selectOption('Made the flag')
    await page.getByRole('combobox', { name: 'By whom' }).fill('admin')
    await page.getByRole('listbox', { name: 'People' }).getByRole('option').first().click()
    await entries.nth(1).waitFor({ state: 'detached' })
    const person = `person=${server.admin.person.id}`
    await page.waitForURL(new RegExp(`${person}&resource=flag&action=flag.created$`))

    await page.getByRole('button', { name: 'Export as CSV' }).click()
    const link = page.getByRole('link', { name: 'Download the file' })
    await link.waitFor()
    const download = page.waitForEvent('download')
    await link.click()
    const lines = (await readFile(await (await download).path(), 'utf8')).trim().split('\n')
    assert.deepEqual([lines.length, lines[1]!.includes('shed')], [2, true])

    await page.getByRole('button', { name: 'Check for tampering' }).click()
    await page.getByText(/All \d+ entries are as they were written/).waitFor()
    assert.deepEqual(await faultsInBoth(page), [])
  })

  it('[PG30] fits the width of a phone', async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    for (const path of ['/operations', '/operations/jobs', '/operations/audit']) {
      await page.evaluate(`location.hash = '${path}'`)
      await page.getByRole('main').locator('[aria-busy=false]').waitFor()
      for (const part of ['documentElement', 'querySelector("main")'])
        assert.equal(await page.evaluate(`document.${part}.scrollWidth`), 360, `${path} ${part}`)
    }
  })
})

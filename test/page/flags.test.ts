import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { eventually } from '../support/eventually.ts'
import { faultsInBoth } from '../support/axe.ts'
import { openBoard, type BoardWindow } from '../support/board-window.ts'
import { useBrowser } from '../support/browser.ts'
import { expect, startServer, type Client, type TestServer } from '../support/server.ts'
import { addProject } from '../suites/answers.ts'

/** Of the page, and of what scrolls in it. */
const widest = 'Math.max(document.documentElement.scrollWidth, document.querySelector("main").scrollWidth)'

describe('page: feature flags', () => {
  const browser = useBrowser()
  let server: TestServer
  let ada: Client
  let here: BoardWindow
  let page: Page

  before(async function () {
    this.timeout(120_000)
    server = await startServer({ page: true })
    ada = await server.user('ada')
    await addProject(server.admin, { name: 'Garden' })
    here = await openBoard(browser(), server.url, server.admin)
    page = here.page
    await page.evaluate(`location.hash = '/operations/flags'`)
    await page.getByText('There are no flags yet').waitFor()
  })
  after(async () => {
    await here?.close()
    await server?.close()
  })

  const row = (name: string) => page.getByRole('listitem', { name, exact: true })
  const flags = async () => (await expect(server.admin.rest('GET', '/features/list'), 200)).body.data.results
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const dialog = () => page.getByRole('dialog')

  it('[PG64] makes a flag with a rollout and rules for people, roles and projects, found by name', async () => {
    await button('New flag').click()
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('new-editor')
    await page.getByRole('textbox', { name: 'Description' }).fill('The editor with a preview')
    await page.getByRole('textbox', { name: 'Rollout in percent' }).fill('12,5')
    await button('Add a rule').click()
    await page.getByRole('combobox', { name: 'Add a person to rule 1' }).fill('ada')
    await page.getByRole('option', { name: /ada/ }).first().click()
    await button('Remove ada from rule 1').waitFor()
    await button('Add a rule').click()
    await page.getByRole('combobox', { name: 'Rule 2 switches it' }).selectOption('off')
    await page.getByRole('checkbox', { name: 'Administrators, rule 2' }).check()
    await page.getByRole('combobox', { name: 'Add a project to rule 2' }).selectOption('Garden')
    assert.deepEqual(await faultsInBoth(page), [])
    await button('Create').click()
    await row('new-editor').getByText('2 rules, otherwise on for 12.5 % of people').waitFor()

    const [flag] = await flags()
    const project = (await expect(server.admin.rest('GET', '/projects'), 200)).body.results[0].id
    assert.deepEqual([flag.enabled, flag.rollout_percent], [true, 12.5])
    assert.deepEqual(flag.rules, [
      { users: [ada.person.id], value: true },
      { roles: ['admin'], projects: [project], value: false },
    ])
  })

  it('[PG64] says at the field what is wrong, and does not touch a flag that has the name', async () => {
    await button('New flag').click()
    const name = page.getByRole('textbox', { name: 'Name', exact: true })
    for (const [wrong, said] of [
      ['new-editor', 'There is a flag of this name already'],
      ['not a name', 'Must consist of letters'],
    ] as const) {
      await name.fill(wrong)
      await button('Create').click()
      await page.getByText(said).waitFor()
    }
    await name.fill('other')
    await button('Add a rule').click()
    await button('Create').click()
    await page.getByRole('group', { name: 'Rule 1' }).getByText('Must name users, roles or projects').waitFor()
    await page.getByRole('textbox', { name: 'Rollout in percent' }).fill('many')
    await button('Create').click()
    await page.getByText('Must be a number from 0 to 100').waitFor()
    assert.equal((await flags()).length, 1)
    await button('Cancel').click()
    await button('Discard').click()
  })

  it('[PG65] switches a flag with one key, and shows at once what others switch, change and remove', async () => {
    const toggle = page.getByRole('switch', { name: 'Switch new-editor' })
    await toggle.focus()
    await page.keyboard.press('Space')
    await row('new-editor').getByText('Off for everybody').waitFor()
    await eventually(async () => assert.equal((await flags())[0].enabled, false))

    await expect(server.admin.rest('POST', '/features/toggle', { name: 'new-editor' }), 200)
    await page.getByRole('switch', { name: 'Switch new-editor', checked: true }).waitFor()
    await expect(server.admin.rest('POST', '/features/toggle', { name: 'theirs', rollout_percent: 0 }), 200)
    await row('theirs').waitFor()
    await expect(server.admin.rest('DELETE', '/features/flags/theirs'), 200)
    await row('theirs').waitFor({ state: 'detached' })
  })

  it('[PG65] takes what others change into an open form, and keeps what was typed', async () => {
    await button('Edit new-editor').click()
    const description = page.getByRole('textbox', { name: 'Description' })
    await description.fill('mine')
    const theirs = { name: 'new-editor', description: 'theirs', rollout_percent: 40 }
    await expect(server.admin.rest('POST', '/features/toggle', theirs), 200)
    await page.getByText('Somebody changed what you are editing').waitFor()
    assert.equal(await page.getByRole('textbox', { name: 'Rollout in percent' }).inputValue(), '40')
    assert.equal(await description.inputValue(), 'mine')
    await button('Save').click()
    await row('new-editor').getByText('mine').waitFor()
    assert.deepEqual(
      (await flags()).map(({ description: said, rollout_percent: share }: Record<string, unknown>) => [said, share]),
      [['mine', 40]],
    )
  })

  it('[PG64] removes a flag after asking, and fits the width of a phone', async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    await button('Edit new-editor').click()
    assert.equal(await page.evaluate(widest), 360)
    assert.deepEqual(await faultsInBoth(page), [])
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
    assert.deepEqual(await faultsInBoth(page), [])
    await button('Remove new-editor').click()
    await dialog().getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByText('There are no flags yet').waitFor()
    assert.deepEqual(await flags(), [])
  })
})

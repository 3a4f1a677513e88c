import assert from 'node:assert/strict'
import { openBoard, type BoardWindow } from '../support/board-window.ts'
import { useBrowser } from '../support/browser.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { addProject, addTask, created } from '../suites/answers.ts'

describe('page: forms that begin with what was left', () => {
  const browser = useBrowser()
  let server: TestServer
  let here: BoardWindow
  let task: number
  let project: number

  before(async function () {
    this.timeout(120_000)
    server = await startServer({ page: true })
    task = (await addTask(server.admin, { title: 'Talk' })).id
    project = (await addProject(server.admin, { name: 'Garden' })).id
    here = await openBoard(browser(), server.url, server.admin)
  })
  after(async () => {
    await here?.close()
    await server?.close()
  })
  beforeEach(() => here.reopen())

  const field = (name: string) => here.page.getByRole('textbox', { name, exact: true })
  const button = (name: string) => here.page.getByRole('button', { name, exact: true })
  const goTo = (address: string) => here.page.evaluate(`location.hash = ${JSON.stringify(address)}`)
  const drafts = () => here.page.evaluate<string[]>(`Object.keys(localStorage).filter(key => key.includes('draft'))`)
  const notice = () => here.page.getByText('What you had begun is here again')

  /** Each form with the field that is left, and what stands there otherwise. */
  const forms: Record<string, { address: () => string; name: string; stored: string }> = {
    'a profile': { address: () => '/settings', name: 'Username', stored: 'admin' },
    'a project': { address: () => `/projects/${project}`, name: 'Name', stored: 'Garden' },
    'a list of videos': { address: () => '/videos/import', name: 'Addresses', stored: '' },
    'a comment': { address: () => `/tasks/${task}`, name: 'Comment', stored: '' },
  }
  for (const [what, { address, name, stored }] of Object.entries(forms))
    it(`[PG31] says that ${what} begins with what was left, and discards it on request`, async () => {
      await goTo(address())
      await field(name).fill('left behind')
      assert.equal(await notice().count(), 0)
      await here.page.reload()
      await notice().waitFor()
      assert.equal(await field(name).inputValue(), 'left behind')
      await button('Throw it away').click()
      await notice().waitFor({ state: 'detached' })
      assert.equal(await field(name).inputValue(), stored)
      assert.deepEqual(await drafts(), [])
    })

  it('[PG46] asks before a button of a comment discards what was typed', async () => {
    await created(server.admin, `/tasks/${task}/comments`, { body: 'first' })
    await goTo(`/tasks/${task}`)
    const edit = async () => {
      await here.page.getByRole('button', { name: 'Actions on the comment' }).click()
      await here.page.getByRole('menuitem', { name: 'Edit' }).click()
    }
    await edit()
    await button('Keep it').click()
    await field('Edit comment').waitFor({ state: 'detached' })
    await edit()
    await field('Edit comment').fill('second')
    await button('Keep it').click()
    await button('Go on editing').click()
    assert.equal(await field('Edit comment').inputValue(), 'second')
    await button('Keep it').click()
    await button('Discard').click()
    await field('Edit comment').waitFor({ state: 'detached' })
    assert.deepEqual(await drafts(), [])
  })

  it('[PG33] shows no form at the address of a video that is not there', async () => {
    await goTo('/videos/999')
    await here.page.getByRole('dialog').getByText('This video was deleted, or you may not see it.').waitFor()
    assert.equal(await here.page.getByRole('dialog').getByRole('textbox').count(), 0)
    await button('To the videos').click()
    await here.page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  it('[PG33] leads back to the sign-in from its other forms', async () => {
    const context = await browser().newContext()
    const page = await context.newPage()
    try {
      await page.goto('about:blank')
      await page.goto(server.url)
      for (const [name, title] of [
        ['Forgot password?', 'Forgot your password?'],
        ['Create account', 'Join the board'],
      ] as const) {
        await page.getByRole('button', { name }).click()
        await page.getByRole('heading', { name: title }).waitFor()
        await page.goBack()
        await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
      }
    } finally {
      await context.close()
    }
  })
})

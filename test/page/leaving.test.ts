import assert from 'node:assert/strict'
import type { BoardWindow } from '../support/board-window.ts'
import { eventually } from '../support/eventually.ts'
import { expect, password, type Client, type TestServer } from '../support/server.ts'
import { withBoards } from '../support/with-boards.ts'
import { addTask, created } from '../suites/answers.ts'

describe('page: leaving', () => {
  let server: TestServer
  let ada: Client
  let here: BoardWindow

  withBoards({ people: ['ada'] }, boards => {
    server = boards.server
    ;[ada] = boards.people
    ;[here] = boards.windows
  })
  beforeEach(() => here.reopen())

  const dialog = () => here.page.getByRole('dialog')
  const field = (name: string) => here.page.getByRole('textbox', { name, exact: true })
  const button = (name: string) => here.page.getByRole('button', { name, exact: true })
  const goTo = (address: string) => here.page.evaluate(`location.hash = '${address}'`)
  const drafts = () => here.page.evaluate<string[]>(`Object.keys(localStorage).filter(key => key.includes('draft'))`)

  /** Ways out of a dialog without a chance to ask. */
  const ways: Record<string, () => Promise<unknown>> = {
    'going back': () => here.page.goBack(),
    'another address in the tab': () => goTo('/settings'),
    reloading: () => here.page.reload(),
    'another site': async () => {
      await here.page.goto('about:blank')
      await here.page.goto(server.url)
    },
  }
  for (const [way, leave] of Object.entries(ways)) {
    it(`[PG31] restores what was typed into a task after ${way}, and discards it once it is stored`, async () => {
      const { id } = await addTask(ada, { title: 'Dig', description: 'a hole' })
      await here.card('Dig').first().waitFor()
      await goTo(`/tasks/${id}`)
      await button('Edit the description').click()
      await field('Description').fill('a deep hole')
      await leave()
      await here.page.waitForLoadState()
      await goTo('/')
      await goTo(`/tasks/${id}`)

      await dialog().getByText('What you had begun is here again').waitFor()
      assert.equal(await field('Description').inputValue(), 'a deep hole')
      await button('Save').click()
      await dialog().waitFor({ state: 'detached' })
      assert.equal((await expect(ada.rest('GET', `/tasks/${id}`), 200)).body.description, 'a deep hole')
      assert.deepEqual(await drafts(), [])
    })
  }

  it('[PG31] merges what others change meanwhile into the kept text', async () => {
    const { id } = await addTask(ada, { title: 'Sow', description: 'beans' })
    await goTo(`/tasks/${id}`)
    await field('Title').fill('Sow early')
    await here.page.goBack()
    await expect(ada.rest('PATCH', `/tasks/${id}`, { title: 'Sow late', priority: 'urgent' }), 200)
    await goTo(`/tasks/${id}`)
    await dialog().getByText('Both are shown below').waitFor()
    assert.equal(await field('Title').inputValue(), 'Sow early')
    await dialog().getByText('Sow late').waitFor()
    await button('Throw it away').click()
    assert.equal(await field('Title').inputValue(), 'Sow late')
  })

  it('[PG31] keeps a new task, an edited comment and a new project as well', async () => {
    await button('New task').click()
    await field('Title').fill('Half a task')
    await here.page.reload()
    await dialog().waitFor()
    assert.equal(await field('Title').inputValue(), 'Half a task')
    await here.page.keyboard.press('Escape')
    await button('Discard').click()
    await dialog().waitFor({ state: 'detached' })

    const task = await addTask(ada, { title: 'Talk' })
    await created(ada, `/tasks/${task.id}/comments`, { body: 'first' })
    await goTo(`/tasks/${task.id}`)
    await here.page.getByRole('button', { name: 'Actions on the comment' }).click()
    await here.page.getByRole('menuitem', { name: 'Edit' }).click()
    await field('Edit comment').fill('second')
    await here.page.reload()
    await eventually(async () => assert.equal(await field('Edit comment').inputValue(), 'second'))
    await button('Keep it').click()
    await button('Discard').click()

    await goTo('/projects/new')
    await field('Name').fill('Half a project')
    await here.page.goBack()
    await goTo('/projects/new')
    await dialog().getByText('What you had begun is here again').waitFor()
    assert.equal(await field('Name').inputValue(), 'Half a project')
    await field('Name').fill('')
    assert.deepEqual(await drafts(), [])
  })

  it('[PG31] does not leave what was opened meanwhile when a task is stored late', async () => {
    const [one, two] = [await addTask(ada, { title: 'Stored late' }), await addTask(ada, { title: 'Opened meanwhile' })]
    const hold = Promise.withResolvers<void>()
    await here.page.route(`**/tasks/${one.id}`, async route => {
      if (route.request().method() !== 'PATCH') return route.fallback()
      const answer = await route.fetch()
      await hold.promise
      await route.fulfill({ response: answer })
    })
    await goTo(`/tasks/${one.id}`)
    await field('Title').fill('Stored')
    await button('Save').click()
    await here.card('Stored').waitFor()
    await goTo(`/tasks/${two.id}`)
    await eventually(async () => assert.equal(await field('Title').inputValue(), 'Opened meanwhile'))
    hold.resolve()
    await here.page.unrouteAll({ behavior: 'wait' })
    await eventually(async () => assert.deepEqual(await drafts(), []))
    assert.equal(await field('Title').inputValue(), 'Opened meanwhile')
  })

  it('[PG31] keeps what is typed into a task that was opened again before it was stored', async () => {
    const { id } = await addTask(ada, { title: 'Stored late' })
    const hold = Promise.withResolvers<void>()
    await here.page.route(`**/tasks/${id}`, async route => {
      if (route.request().method() !== 'PATCH') return route.fallback()
      const answer = await route.fetch()
      await hold.promise
      await route.fulfill({ response: answer })
    })
    await goTo(`/tasks/${id}`)
    await field('Title').fill('Stored')
    await button('Save').click()
    await here.card('Stored').waitFor()
    await goTo('/')
    await dialog().waitFor({ state: 'detached' })
    await goTo(`/tasks/${id}`)
    await field('Title').fill('Stored, and changed')
    const answered = here.page.waitForResponse(response => response.request().method() === 'PATCH')
    hold.resolve()
    await answered
    await here.page.unrouteAll({ behavior: 'wait' })
    await here.page.reload()
    await eventually(async () => assert.equal(await field('Title').inputValue(), 'Stored, and changed'))
    await button('Throw it away').click()
  })

  it('[PG31] keeps what was typed in one tab when another tab only shows the task', async () => {
    const { id } = await addTask(ada, { title: 'Two tabs' })
    const other = await here.page.context().newPage()
    await other.goto(`${server.url}/#/tasks/${id}`)
    await other.getByRole('dialog').waitFor()
    await goTo(`/tasks/${id}`)
    await field('Title').fill('Two tabs, one text')
    await expect(ada.rest('PATCH', `/tasks/${id}`, { priority: 'urgent' }), 200)
    await eventually(async () => assert.equal(await other.getByLabel('Priority').inputValue(), 'urgent'))
    await other.close()
    await here.page.reload()
    await eventually(async () => assert.equal(await field('Title').inputValue(), 'Two tabs, one text'))
    await button('Throw it away').click()
  })

  it('[PG31] keeps a video and a list of addresses to import', async () => {
    await goTo('/videos/new')
    await field('Title').fill('Half a video')
    await here.page.goBack()
    await goTo('/videos/import')
    await field('Addresses').fill('https://youtu.be/dQw4w9WgXcQ')
    await here.page.reload()
    await eventually(async () => assert.match(await field('Addresses').inputValue(), /youtu/))
    await field('Addresses').fill('')
    await goTo('/videos/new')
    assert.equal(await field('Title').inputValue(), 'Half a video')
    await button('Cancel').click()
    await button('Discard').click()
    await dialog().waitFor({ state: 'detached' })
    assert.deepEqual(await drafts(), [])
  })

  it('[PG49] accepts no typing into a form that is being sent; after a refusal it is as it was, with the focus', async () => {
    const { id } = await addTask(ada, { title: 'Prune' })
    await goTo(`/tasks/${id}`)
    const { promise: refused, resolve: refuse } = Promise.withResolvers<void>()
    await here.page.route(`**/tasks/${id}`, async route => {
      if (route.request().method() !== 'PATCH') return route.fallback()
      await refused
      const error = { code: 'validation_error', message: 'No.', field_errors: {} }
      return route.fulfill({ status: 400, json: { error, timestamp: '', request_id: '' } })
    })
    const sending = here.page.waitForRequest(request => request.method() === 'PATCH')
    await field('Title').fill('Prune the trees')
    await here.page.keyboard.press('Control+Enter')
    await sending
    await here.page.keyboard.type(' and more')
    const title = here.page.locator('.task-dialog textarea, .task-dialog input').first()
    assert.equal(await title.inputValue(), 'Prune the trees')
    refuse()
    await dialog().getByText('No.').waitFor()
    await here.page.unroute(`**/tasks/${id}`)
    await here.page.keyboard.press('End')
    await here.page.keyboard.type('!')
    assert.equal(await field('Title').inputValue(), 'Prune the trees!')
    await button('Save').click()
    await dialog().waitFor({ state: 'detached' })
    assert.equal((await expect(ada.rest('GET', `/tasks/${id}`), 200)).body.title, 'Prune the trees!')
  })

  it('[PG31] loses nothing when the session ends, and shows nothing of it to the next person at the computer', async () => {
    const { id } = await addTask(ada, { title: 'Mine' })
    await goTo(`/tasks/${id}`)
    await field('Title').fill('Mine, and secret')
    await server.query('delete from sessions')
    await eventually(async () => {
      await here.page.reload()
      await field('Email').waitFor({ timeout: 5_000 })
    })
    const signIn = async (who: Client) => {
      await field('Email').fill(who.email)
      await here.page.getByRole('textbox', { name: 'Password' }).fill(password)
      await button('Sign in').click()
      await dialog().waitFor()
    }
    const grace = await server.user('grace')
    await signIn(grace)
    assert.equal(await field('Title').inputValue(), 'Mine')
    await here.page.evaluate(`location.hash = '/settings'`)
    await here.page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await field('Email').waitFor()
    await here.page.evaluate(`location.hash = '/tasks/${id}'`)
    await signIn(ada)
    assert.equal(await field('Title').inputValue(), 'Mine, and secret')
  })
})

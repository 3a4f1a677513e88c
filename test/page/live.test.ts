import assert from 'node:assert/strict'
import { openBoard, type BoardWindow } from '../support/board-window.ts'
import { useBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { startRelay, type Relay } from '../support/relay.ts'
import { expect, startServer, type Client, type TestServer } from '../support/server.ts'

describe('page: live', () => {
  const browser = useBrowser()
  let server: TestServer
  let relay: Relay
  let ada: Client
  let grace: Client
  let here: BoardWindow
  let there: BoardWindow

  before(async function () {
    this.timeout(120_000)
    server = await startServer({ page: true })
    relay = await startRelay(server.url)
    ada = await server.user('ada')
    grace = await server.user('grace')
    here = await openBoard(browser(), relay.url, ada)
    there = await openBoard(browser(), server.url, grace)
  })
  after(async () => {
    await Promise.all([here?.close(), there?.close()])
    await relay?.close()
    await server?.close()
  })
  beforeEach(async () => {
    await server.query('delete from tasks')
    await Promise.all([here.reopen(), there.reopen()])
  })

  const create = async (title: string, more: object = {}) =>
    (await expect(server.admin.rest('POST', '/tasks', { title, ...more }), 201)).body
  const change = (id: number, updates: object) => expect(server.admin.rest('PATCH', `/tasks/${id}`, updates), 200)
  const says = (window: BoardWindow, word: string) => window.status.getByText(word, { exact: true }).waitFor()
  const hereNow = (window: BoardWindow) => window.page.getByRole('list', { name: 'Here now' })

  it('[PG8] lists everybody who looks, oneself included, until they leave', async () => {
    await hereNow(here).getByText(ada.person.name).waitFor()
    await hereNow(here).getByText(grace.person.name).waitFor()

    await there.page.goto('about:blank')

    await hereNow(here).getByText(grace.person.name).waitFor({ state: 'detached' })
    assert.equal(await hereNow(here).getByRole('listitem').count(), 1)
    await there.page.goBack()
  })

  it('[PG8] shows on a card who has the task open', async () => {
    await create('a task')
    await there.card('a task').click()

    await here.card('a task').getByText('is editing').waitFor()
    await there.page.keyboard.press('Escape')
    await here.card('a task').getByText('is editing').waitFor({ state: 'detached' })
  })

  it('[PG9] shows Offline without a network, and afterwards exactly what it missed', async () => {
    const [stays, moves, goes] = [await create('stays'), await create('moves'), await create('goes')]
    await here.card('goes').waitFor()
    await here.setOffline(true)
    await says(here, 'Offline')

    await change(moves.id, { status: 'done' })
    await change(stays.id, { title: 'renamed' })
    await expect(server.admin.rest('DELETE', `/tasks/${goes.id}`), 204)
    await create('new')
    assert.deepEqual(await here.titles('To do'), ['stays', 'moves', 'goes'])
    await here.setOffline(false)

    await says(here, 'Live')
    await eventually(async () => assert.deepEqual(await here.titles('To do'), ['renamed', 'new']))
    assert.deepEqual(await here.titles('Done'), ['moves'])
  })

  it('[PG9] shows Reconnecting when the server is gone, and continues by itself when it is back', async () => {
    await relay.cut()
    await says(here, 'Reconnecting')
    await create('made meanwhile')
    assert.deepEqual(await here.titles('To do'), [])

    await relay.restore()

    await says(here, 'Live')
    await here.card('made meanwhile').waitFor()
  })

  /** Gives the log another name, and deletes a task without an event: only a full reload shows the deletion. */
  const replaceTheLog = async (goes: { id: number }) => {
    await server.query('delete from tasks where id = $1', [goes.id])
    await server.query('update log_head set epoch = gen_random_uuid()::text')
  }

  it('[PG9] loads everything again after the log was replaced', async () => {
    const [goes] = [await create('goes'), await create('stays')]
    await here.card('stays').waitFor()
    await relay.cut()
    await create('made meanwhile')
    await there.card('made meanwhile').waitFor()
    await replaceTheLog(goes)

    await relay.restore()

    await says(here, 'Live')
    await eventually(async () => assert.deepEqual(await here.titles('To do'), ['stays', 'made meanwhile']))
  })

  for (const [what, isDeleted] of [
    ['keeps a task open that is in no loaded list', false],
    ['says that an open task was deleted that is in no loaded list', true],
  ] as const) {
    it(`[PG48] ${what}, when everything is loaded again`, async () => {
      const far = await create('far away', { status: 'cancelled' })
      const goes = await create('goes')
      await here.card('goes').waitFor()
      await here.page.evaluate(`location.hash = '/tasks/${far.id}'`)
      const dialog = here.page.getByRole('dialog')
      await dialog.getByRole('button', { name: 'Save' }).waitFor()
      if (isDeleted) await server.query('delete from tasks where id = $1', [far.id])
      await replaceTheLog(goes)
      await here.card('goes').waitFor({ state: 'detached' })
      assert.equal(await dialog.getByRole('button', { name: 'Save' }).count(), isDeleted ? 0 : 1)
      assert.equal(await dialog.getByText('This task was deleted meanwhile').count(), isDeleted ? 1 : 0)
    })
  }

  it('[PG10] leads to the sign-in when the session was ended', async () => {
    const { body } = await expect(grace.rest('GET', '/sessions/list'), 200)
    for (const { id, current } of body.data.results) {
      if (!current) await expect(grace.rest('DELETE', `/sessions/${id}`), 200)
    }

    await there.page.getByRole('button', { name: 'Sign in' }).waitFor()
    await there.page.getByText('This session was ended').waitFor()
  })
})

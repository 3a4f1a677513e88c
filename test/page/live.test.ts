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

  it('[PG8] here now are all who look, oneself included, until they leave', async () => {
    await hereNow(here).getByText(ada.person.name).waitFor()
    await hereNow(here).getByText(grace.person.name).waitFor()

    await there.page.goto('about:blank')

    await hereNow(here).getByText(grace.person.name).waitFor({ state: 'detached' })
    assert.equal(await hereNow(here).getByRole('listitem').count(), 1)
    await there.page.goBack()
  })

  it('[PG8] who has a task open is seen on its card', async () => {
    await create('a task')
    await there.card('a task').click()

    await here.card('a task').getByText('is editing').waitFor()
    await there.page.keyboard.press('Escape')
    await here.card('a task').getByText('is editing').waitFor({ state: 'detached' })
  })

  it('[PG9] without a network the page says Offline, and afterwards shows exactly what it missed', async () => {
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

  it('[PG9] with the server gone the page says Reconnecting, and goes on by itself when it is back', async () => {
    await relay.cut()
    await says(here, 'Reconnecting')
    await create('made meanwhile')
    assert.deepEqual(await here.titles('To do'), [])

    await relay.restore()

    await says(here, 'Live')
    await here.card('made meanwhile').waitFor()
  })

  /** What happens next is told under another name of the log, and one task goes without a word: only loading anew shows it. */
  const loseTheLog = async (goes: { id: number }) => {
    await server.query('delete from tasks where id = $1', [goes.id])
    await server.query('update log_head set epoch = gen_random_uuid()::text')
  }

  it('[PG9] a log that is another one is made up for by loading anew', async () => {
    const [goes] = [await create('goes'), await create('stays')]
    await here.card('stays').waitFor()
    await relay.cut()
    await create('made meanwhile')
    await there.card('made meanwhile').waitFor()
    await loseTheLog(goes)

    await relay.restore()

    await says(here, 'Live')
    await eventually(async () => assert.deepEqual(await here.titles('To do'), ['stays', 'made meanwhile']))
  })

  for (const [what, isDeleted] of [
    ['outlives loading anew', false],
    ['that was deleted meanwhile says so after loading anew', true],
  ] as const) {
    it(`[PG48] a task that is open, and in no list that is loaded, ${what}`, async () => {
      const far = await create('far away', { status: 'cancelled' })
      const goes = await create('goes')
      await here.card('goes').waitFor()
      await here.page.evaluate(`location.hash = '/tasks/${far.id}'`)
      const dialog = here.page.getByRole('dialog')
      await dialog.getByRole('button', { name: 'Save' }).waitFor()
      if (isDeleted) await server.query('delete from tasks where id = $1', [far.id])
      await loseTheLog(goes)
      await here.card('goes').waitFor({ state: 'detached' })
      assert.equal(await dialog.getByRole('button', { name: 'Save' }).count(), isDeleted ? 0 : 1)
      assert.equal(await dialog.getByText('This task was deleted meanwhile').count(), isDeleted ? 1 : 0)
    })
  }

  it('[PG10] whose session is ended is led to the sign-in', async () => {
    const { body } = await expect(grace.rest('GET', '/sessions/list'), 200)
    for (const { id, current } of body.data.results) {
      if (!current) await expect(grace.rest('DELETE', `/sessions/${id}`), 200)
    }

    await there.page.getByRole('button', { name: 'Sign in' }).waitFor()
    await there.page.getByText('This session was ended').waitFor()
  })
})

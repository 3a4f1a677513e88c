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

  it('[PG9] a log that does not reach back so far is made up for by loading anew', async () => {
    const [goes] = [await create('goes'), await create('stays')]
    await here.card('stays').waitFor()
    await relay.cut()
    await expect(server.admin.rest('DELETE', `/tasks/${goes.id}`), 204)
    await create('made meanwhile')
    await there.card('made meanwhile').waitFor()
    await server.query('update log_head set first = last + 1')

    await relay.restore()

    await says(here, 'Live')
    await eventually(async () => assert.deepEqual(await here.titles('To do'), ['stays', 'made meanwhile']))
  })

  it('[PG48] a task that is open, and in no list that is loaded, outlives loading anew; a deleted one does not', async () => {
    const far = await create('far down', { status: 'cancelled' })
    const gone = await create('soon gone', { status: 'cancelled' })
    for (const [id, is] of [
      [far.id, 'there'],
      [gone.id, 'gone'],
    ] as const) {
      await here.page.evaluate(`location.hash = '/tasks/${id}'`)
      const dialog = here.page.getByRole('dialog')
      await dialog.getByRole('button', { name: 'Save' }).waitFor()
      await relay.cut()
      if (is === 'gone') await expect(server.admin.rest('DELETE', `/tasks/${id}`), 204)
      const told = await create(`told of ${is}`)
      await there.card(told.title).waitFor()
      await server.query('update log_head set first = last + 1')
      await relay.restore()
      await says(here, 'Live')
      if (is === 'gone') await dialog.getByText('This task was deleted meanwhile').waitFor()
      await here.card(told.title).waitFor()
      assert.equal(await dialog.getByRole('button', { name: 'Save' }).count(), is === 'gone' ? 0 : 1)
    }
  })

  it('[PG10] whose session is ended is led to the sign-in', async () => {
    const { body } = await expect(grace.rest('GET', '/sessions/list'), 200)
    for (const { id, current } of body.data.results) {
      if (!current) await expect(grace.rest('DELETE', `/sessions/${id}`), 200)
    }

    await there.page.getByRole('button', { name: 'Sign in' }).waitFor()
    await there.page.getByText('This session was ended').waitFor()
  })
})

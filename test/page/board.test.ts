import assert from 'node:assert/strict'
import { openBoard, type BoardWindow } from '../support/board-window.ts'
import { useBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { expect, startServer, type TestServer } from '../support/server.ts'

describe('page: the board', () => {
  const browser = useBrowser()
  let server: TestServer
  let here: BoardWindow
  let there: BoardWindow

  before(async function () {
    this.timeout(120_000)
    server = await startServer({ page: true })
    here = await openBoard(browser(), server.url, await server.user('ada'))
    there = await openBoard(browser(), server.url, await server.user('grace'))
  })
  after(async () => {
    await Promise.all([here?.close(), there?.close()])
    await server?.close()
  })
  beforeEach(async () => {
    await server.query('delete from tasks')
    await Promise.all([here.reopen(), there.reopen()])
  })

  const create = async (title: string, more: object = {}) =>
    (await expect(server.admin.rest('POST', '/tasks', { title, ...more }), 201)).body

  it('[PG2] what one creates, the other sees at once, and on top', async () => {
    await create('older')
    await here.page.getByRole('button', { name: 'New task' }).click()
    const dialog = here.page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Title' }).fill('made here')
    await dialog.getByRole('button', { name: 'Save' }).click()

    await there.column('To do').getByRole('listitem', { name: 'made here' }).waitFor()
    await dialog.waitFor({ state: 'detached' })
    assert.deepEqual(await there.titles('To do'), ['made here', 'older'])
  })

  it('[PG2] a task is written and stored without touching anything but the keyboard', async () => {
    await here.page.getByRole('button', { name: 'New task' }).press('Enter')
    await here.page.getByRole('dialog').waitFor()
    await here.page.keyboard.type('typed at once')
    await here.page.keyboard.press('Enter')

    await there.card('typed at once').waitFor()
    await here.page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  it('[PG2] what one changes and deletes, the other sees', async () => {
    await create('first name')
    await here.card('first name').press('Enter')
    const dialog = here.page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Title' }).fill('second name')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await there.card('second name').click()
    await there.page.getByRole('button', { name: 'Delete' }).click()
    await there.page.getByRole('button', { name: 'Delete for good' }).click()

    await here.card('second name').waitFor({ state: 'detached' })
    assert.equal(await here.card('first name').count(), 0)
  })

  it('[PG3] a card dropped anywhere in a region moves there, for everybody', async () => {
    await create('a card')

    await here.card('a card').dragTo(here.column('Done'))

    await here.column('Done').getByRole('listitem', { name: 'a card' }).waitFor()
    await there.column('Done').getByRole('listitem', { name: 'a card' }).waitFor()
    assert.deepEqual(await there.titles('To do'), [])
  })

  it('[PG3] a card dropped upon another one goes before or after it', async () => {
    for (const title of ['one', 'two', 'three']) await create(title)
    await here.card('three').waitFor()

    await here.card('three').dragTo(here.card('one'), { targetPosition: { x: 40, y: 8 } })
    await eventually(async () => assert.deepEqual(await there.titles('To do'), ['three', 'one', 'two']))

    await here.card('three').dragTo(here.card('one'), { targetPosition: { x: 40, y: 50 } })
    await eventually(async () => assert.deepEqual(await there.titles('To do'), ['one', 'three', 'two']))
  })

  it('[PG3] a move that is refused is taken back, and said', async () => {
    await create('not movable')
    await here.card('not movable').waitFor()
    await here.setOffline(true)

    await here.card('not movable').dragTo(here.column('Review'))

    await here.page.getByRole('alert').getByText('could not be moved').waitFor()
    assert.deepEqual([await here.titles('To do'), await here.titles('Review')], [['not movable'], []])
    await here.setOffline(false)
  })

  it('[PG4] the keyboard moves cards as the pointer does, keeps the focus and says what it did', async () => {
    for (const title of ['one', 'two']) await create(title)
    await here.card('two').waitFor()
    await here.card('one').focus()

    await here.page.keyboard.press('Alt+ArrowDown')
    await eventually(async () => assert.deepEqual(await there.titles('To do'), ['two', 'one']))
    await here.page.keyboard.press('Alt+ArrowRight')
    await there.column('In progress').getByRole('listitem', { name: 'one' }).waitFor()

    await here.page.getByText('Moved to In progress, place 1 of 1').waitFor()
    const focused = 'document.activeElement.getAttribute("aria-label")'
    await eventually(async () => assert.equal(await here.page.evaluate(focused), 'one'))
  })

  it('[PG4] arrow keys go from card to card, over empty columns too', async () => {
    await create('one')
    await create('two')
    await create('far', { status: 'done' })
    await here.card('far').waitFor()
    await here.card('one').focus()
    const focused = () => here.page.evaluate('document.activeElement.getAttribute("aria-label")')

    await here.page.keyboard.press('ArrowDown')
    assert.equal(await focused(), 'two')
    await here.page.keyboard.press('ArrowRight')
    assert.equal(await focused(), 'far')
  })

  it('[PG5] searching asks the server, and what comes live is placed by it', async () => {
    await create('green apples')
    await create('pears')
    await here.card('pears').waitFor()

    await here.page.getByRole('textbox', { name: 'Search' }).fill('appl')
    await here.card('pears').waitFor({ state: 'detached' })
    await create('more plums')
    await create('apple cake')

    await here.card('apple cake').waitFor()
    assert.deepEqual(await here.titles('To do'), ['green apples', 'apple cake'])
  })

  it('[PG5] a search without a word in it is none: all is shown, and what comes live too', async () => {
    await create('a => b')
    await create('other')
    await here.page.getByRole('textbox', { name: 'Search' }).fill('B')
    await here.card('other').waitFor({ state: 'detached' })
    await here.page.getByRole('textbox', { name: 'Search' }).fill('=>')
    await here.card('other').waitFor()
    await create('c + d')
    await here.card('c + d').waitFor()
    await here.card('a => b').waitFor()
  })

  it('[PG5] what comes live is placed by the server’s own folding', async () => {
    await create('elsewhere')
    await here.card('elsewhere').waitFor()
    await here.page.getByRole('textbox', { name: 'Search' }).fill('δρόμος')
    await here.card('elsewhere').waitFor({ state: 'detached' })
    await create('ΔΡΟΜΟΣ 7')
    await create('ειρήνη')
    await create('δρόμοσ 8')
    await here.card('δρόμοσ 8').waitFor()
    assert.deepEqual(await here.titles('To do'), ['ΔΡΟΜΟΣ 7', 'δρόμοσ 8'])
  })

  it('[PG5] filters narrow the board and can be cleared', async () => {
    await create('calm', { priority: 'low' })
    await create('burning', { priority: 'urgent' })
    await here.card('calm').waitFor()

    await here.page.getByRole('button', { name: 'Filter' }).click()
    await here.page.getByRole('button', { name: 'Urgent' }).click()
    await here.card('calm').waitFor({ state: 'detached' })
    assert.deepEqual(await here.titles('To do'), ['burning'])

    await here.page.getByRole('button', { name: 'Clear all' }).click()
    await here.card('calm').waitFor()
  })

  it('[PG6] edits of different fields are both kept, and of the same field both shown', async () => {
    const task = await create('a task')
    await here.card('a task').click()
    const dialog = here.page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Title' }).fill('mine')
    const change = { title: 'theirs', priority: 'urgent' }
    await expect(server.admin.rest('PATCH', `/tasks/${task.id}`, change), 200)

    await dialog.getByText('theirs').waitFor()
    assert.equal(await dialog.getByLabel('Priority').inputValue(), 'urgent')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await there.card('mine').waitFor()
    const saved = await expect(server.admin.rest('GET', `/tasks/${task.id}`), 200)
    assert.deepEqual([saved.body.title, saved.body.priority], ['mine', 'urgent'])
  })

  it('[PG7] several selected cards change in one go', async () => {
    for (const title of ['one', 'two', 'three']) await create(title)
    for (const title of ['one', 'three']) await here.page.getByRole('checkbox', { name: `Select ${title}` }).check()

    await here.page.getByRole('button', { name: 'Move to…' }).click()
    await here.page.getByRole('menuitem', { name: 'Review' }).click()

    await eventually(async () => assert.deepEqual(await there.titles('Review'), ['one', 'three']))
    assert.deepEqual(await there.titles('To do'), ['two'])
  })
})

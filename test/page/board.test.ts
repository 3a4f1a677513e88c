import assert from 'node:assert/strict'
import type { BoardWindow } from '../support/board-window.ts'
import { eventually } from '../support/eventually.ts'
import { expect, type TestServer } from '../support/server.ts'
import { withBoards } from '../support/with-boards.ts'

describe('page: the board', () => {
  let server: TestServer
  let here: BoardWindow
  let there: BoardWindow

  // With motion, as most people have it: the other tests do without.
  withBoards({ people: ['ada', 'grace'], shown: { reducedMotion: 'no-preference' } }, boards => {
    server = boards.server
    ;[here, there] = boards.windows
  })
  beforeEach(async () => {
    await server.query('delete from tasks')
    await Promise.all([here.reopen(), there.reopen()])
  })

  const create = async (title: string, more: object = {}) =>
    (await expect(server.admin.rest('POST', '/tasks', { title, ...more }), 201)).body

  it('[PG2] shows a new task at once in the other window, on top', async () => {
    await create('older')
    await here.card('older').waitFor()
    await here.page.getByRole('button', { name: 'New task' }).click()
    const dialog = here.page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Title' }).fill('made here')
    await dialog.getByRole('button', { name: 'Save' }).click()

    await there.column('To do').getByRole('listitem', { name: 'made here' }).waitFor()
    await dialog.waitFor({ state: 'detached' })
    assert.deepEqual(await there.titles('To do'), ['made here', 'older'])
  })

  it('[PG2] writes and stores a task with the keyboard alone', async () => {
    await here.page.getByRole('button', { name: 'New task' }).press('Enter')
    await here.page.getByRole('dialog').waitFor()
    await here.page.keyboard.type('typed at once')
    await here.page.keyboard.press('Enter')

    await there.card('typed at once').waitFor()
    await here.page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  it('[PG2] shows a change and a deletion in the other window', async () => {
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

  it('[PG3] moves a card dropped anywhere in a region, for everybody', async () => {
    await create('a card')

    await here.card('a card').dragTo(here.column('Done'))

    await here.column('Done').getByRole('listitem', { name: 'a card' }).waitFor()
    await there.column('Done').getByRole('listitem', { name: 'a card' }).waitFor()
    assert.deepEqual(await there.titles('To do'), [])
  })

  it('[PG3] puts a card dropped on another one before or after it', async () => {
    for (const title of ['one', 'two', 'three']) await create(title)
    await here.card('three').waitFor()

    await here.card('three').dragTo(here.card('one'), { targetPosition: { x: 40, y: 8 } })
    await eventually(async () => assert.deepEqual(await there.titles('To do'), ['three', 'one', 'two']))

    await here.card('three').dragTo(here.card('one'), { targetPosition: { x: 40, y: 50 } })
    await eventually(async () => assert.deepEqual(await there.titles('To do'), ['one', 'three', 'two']))
  })

  it('[PG3] takes a refused move back, and shows the refusal', async () => {
    await create('not movable')
    await here.card('not movable').waitFor()
    await here.setOffline(true)

    await here.card('not movable').dragTo(here.column('Review'))

    await here.page.getByRole('alert').getByText('could not be moved').waitFor()
    assert.deepEqual([await here.titles('To do'), await here.titles('Review')], [['not movable'], []])
    await here.setOffline(false)
  })

  it('[PG4] moves cards by keyboard as by pointer, keeps the focus and announces the move', async () => {
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

  it('[PG4] moves the focus between cards by arrow keys, over empty columns too', async () => {
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

  it('[PG5] searches on the server, and places live changes by the search', async () => {
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

  it('[PG5] shows everything for a search without a word, live changes too', async () => {
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

  it('[PG5] places live changes by the server’s own folding', async () => {
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

  it('[PG5] narrows the board by filters, which can be cleared', async () => {
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

  it('[PG6] keeps both edits of different fields, and shows both values of the same field', async () => {
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

  it('[PG7] changes several selected cards at once', async () => {
    for (const title of ['one', 'two', 'three']) await create(title)
    for (const title of ['one', 'three']) await here.page.getByRole('checkbox', { name: `Select ${title}` }).check()

    await here.page.getByRole('button', { name: 'Move to…' }).click()
    await here.page.getByRole('menuitem', { name: 'Review' }).click()

    await eventually(async () => assert.deepEqual(await there.titles('Review'), ['one', 'three']))
    assert.deepEqual(await there.titles('To do'), ['two'])
  })

  it('[PG7] keeps what is selected while the change of others is not answered yet', async () => {
    for (const title of ['one', 'two']) await create(title)
    const box = (title: string) => here.page.getByRole('checkbox', { name: `Select ${title}` })
    const hold = Promise.withResolvers<void>()
    await here.page.route('**/tasks/bulk-update', async route => {
      const answer = await route.fetch()
      await hold.promise
      await route.fulfill({ response: answer })
    })
    await box('one').check()
    await here.page.getByRole('button', { name: 'Move to…' }).click()
    await here.page.getByRole('menuitem', { name: 'Review' }).click()
    await eventually(async () => assert.deepEqual(await here.titles('Review'), ['one']))
    await box('two').check()
    hold.resolve()
    await here.page.getByText('1 task changed').waitFor()
    assert.deepEqual([await box('one').isChecked(), await box('two').isChecked()], [false, true])
  })
})

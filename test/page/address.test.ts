import assert from 'node:assert/strict'
import { openBoard, type BoardWindow } from '../support/board-window.ts'
import { useBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { expect, type Client, type TestServer } from '../support/server.ts'
import { withBoards } from '../support/with-boards.ts'
import { png, upload } from '../suites/media.ts'
import { addMember, addProject, addTask, created } from '../suites/answers.ts'

describe('page: addresses', () => {
  const browser = useBrowser()
  let server: TestServer
  let ada: Client
  let here: BoardWindow

  withBoards({ people: ['ada'] }, boards => {
    server = boards.server
    ;[ada] = boards.people
    ;[here] = boards.windows
  })
  beforeEach(async () => {
    await server.query('delete from tasks')
    await here.reopen()
  })

  const dialog = () => here.page.getByRole('dialog')
  const button = (name: string) => here.page.getByRole('button', { name, exact: true })
  const address = () => here.page.evaluate<string>('location.hash')
  const isAt = (hash: string) => eventually(async () => assert.equal(await address(), hash))
  const entries = () => here.page.evaluate<number>('history.length')
  const title = () => here.page.title()

  it('[PG33] makes an open task a step of the history: back closes it, forward opens it, closing it goes back', async () => {
    const { id } = await addTask(ada, { title: 'Dig' })
    await here.card('Dig').click()
    await dialog().waitFor()
    await isAt(`#/tasks/${id}`)
    const open = await entries()
    await here.page.goBack()
    await dialog().waitFor({ state: 'detached' })
    await here.page.goForward()
    await dialog().waitFor()
    await button('Cancel').click()
    await dialog().waitFor({ state: 'detached' })
    await here.card('Dig').click()
    await dialog().waitFor()
    // Opening it again adds no further step.
    assert.equal(await entries(), open)
    await here.page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
    await here.card('Dig').waitFor()
  })

  it('[PG33] makes a dialog above another dialog a step of its own', async () => {
    const { id } = await addTask(ada, { title: 'Dig' })
    await here.card('Dig').waitFor()
    await here.page.evaluate(`location.hash = '/videos/import'`)
    await dialog().waitFor()
    await here.page.goBack()
    await dialog().waitFor({ state: 'detached' })

    await here.card('Dig').press('Delete')
    await here.page.getByRole('dialog', { name: 'Delete this task?' }).waitFor()
    await here.page.goBack()
    await dialog().waitFor({ state: 'detached' })
    await here.card('Dig').press('Delete')
    await button('Keep').click()
    await dialog().waitFor({ state: 'detached' })
    // A closed dialog leaves no step behind that one would have to go back through.
    await here.card('Dig').press('Enter')
    await isAt(`#/tasks/${id}`)
    await here.page.goBack()
    await isAt('')
    await here.card('Dig').waitFor()
  })

  it('[PG33] leaves no dead step behind when a link inside a dialog is followed', async () => {
    await addTask(ada, { title: 'Dig' })
    await here.page.evaluate(`location.hash = '/settings'`)
    await here.page.evaluate(`location.hash = '/'`)
    await here.card('Dig').press('Delete')
    await dialog().waitFor()
    await here.page.evaluate(`location.hash = '/posts'`)
    await dialog().waitFor({ state: 'detached' })
    await here.page.goBack()
    await isAt('#/')
    // The page goes on over the step of the dialog, whose address is the same.
    await eventually(async () => assert.equal(await here.page.evaluate('history.state?.step'), undefined))
    await here.page.goBack()
    await isAt('#/settings')
  })

  it('[PG33] opens projects, imports, videos and new tasks by their address, also after a reload', async () => {
    const project = await addProject(ada, { name: 'Garden' })
    for (const [hash, name] of [
      [`/projects/${project.id}`, 'Projects'],
      ['/import', 'Import tasks'],
      ['/tasks/new?status=review', 'A new task'],
      ['/videos/new', 'Add a video'],
    ]) {
      await here.page.evaluate(`location.hash = '${hash}'`)
      await here.page.getByRole('dialog', { name: name! }).waitFor()
      await here.page.reload()
      await here.page.getByRole('dialog', { name: name! }).waitFor()
      await here.page.keyboard.press('Escape')
      await dialog().waitFor({ state: 'detached' })
    }
  })

  it('[PG34] keeps the filters in the address, with an open dialog too, and restores them by going back', async () => {
    await addTask(ada, { title: 'urgent one', priority: 'urgent' })
    await addTask(ada, { title: 'low one', priority: 'low' })
    await here.card('low one').waitFor()
    await here.page.getByRole('button', { name: 'Filter' }).click()
    await button('Urgent').click()
    await here.card('low one').waitFor({ state: 'detached' })
    await isAt('#/?priority=urgent')
    await here.card('urgent one').click()
    await dialog().waitFor()
    assert.match(await address(), /^#\/tasks\/\d+\?priority=urgent$/)
    await here.page.reload()
    await button('Cancel').click()
    await isAt('#/?priority=urgent')
    assert.deepEqual(await here.titles('To do'), ['urgent one'])

    await here.page.evaluate(`location.hash = '/?priority=low&search=one'`)
    await here.card('low one').waitFor()
    assert.equal(await here.page.getByRole('textbox', { name: 'Search' }).inputValue(), 'one')
    await here.page.goBack()
    await here.card('urgent one').waitFor()
    assert.equal(await here.page.getByRole('textbox', { name: 'Search' }).inputValue(), '')
    assert.deepEqual(await here.titles('To do'), ['urgent one'])
    await here.page.getByRole('link', { name: 'Posts', exact: true }).click()
    await here.page.getByRole('link', { name: 'Board', exact: true }).click()
    await isAt('#/?priority=urgent')
  })

  it('[PG34] keeps the column of cancelled tasks in the address', async () => {
    await addTask(ada, { title: 'given up', status: 'cancelled' })
    await here.page.evaluate(`location.hash = '/?cancelled=1'`)
    await here.card('given up').waitFor()
    await button('Cancelled').click()
    await here.card('given up').waitFor({ state: 'detached' })
    await isAt('#/')
  })

  it('[PG34] shows the tasks of a project by their address, and all tasks again by going back', async () => {
    const project = await addProject(ada, { name: 'Shed' })
    await addTask(ada, { title: 'inside', project: project.id })
    await addTask(ada, { title: 'outside' })
    await here.card('outside').waitFor()
    await button('Projects').click()
    await button('Shed')
      .or(here.page.getByRole('button', { name: /^Shed/ }))
      .first()
      .click()
    await button('Show its tasks').click()
    await isAt(`#/?project=${project.id}`)
    await here.card('outside').waitFor({ state: 'detached' })
    await here.page.goBack()
    await here.card('outside').waitFor()
  })

  it('[PG34] copies the address of a task from its dialog and its menu', async () => {
    const { id } = await addTask(ada, { title: 'Dig' })
    await here.page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    const copied = () => here.page.evaluate<string>('navigator.clipboard.readText()')
    await here.card('Dig').press('m')
    await here.page.getByRole('menuitem', { name: 'Copy link' }).click()
    await here.page.getByText('The link is copied').waitFor()
    assert.equal(await copied(), `${server.url}/#/tasks/${id}`)
    await here.page.goto(await copied())
    await dialog().waitFor()
    await here.page.evaluate(`navigator.clipboard.writeText('')`)
    await button('Copy link').click()
    await eventually(async () => assert.equal(await copied(), `${server.url}/#/tasks/${id}`))
  })

  it('[PG33] opens a file by its address, and closes it by going back', async () => {
    const file = (await upload(server, ada, [{ name: 'tree.png', content: await png() }])).body
    await here.page.evaluate(`location.hash = '/media?kind=picture'`)
    await here.page.getByRole('listitem', { name: 'tree.png' }).getByRole('button').first().click()
    await here.page.getByRole('dialog', { name: 'tree.png' }).waitFor()
    await isAt(`#/media/${file.id}?kind=picture`)
    await here.page.goBack()
    await dialog().waitFor({ state: 'detached' })
    await isAt('#/media?kind=picture')
    await here.page.evaluate(`location.hash = '/media/${file.id}?kind=pdf'`)
    await here.page.getByRole('dialog', { name: 'tree.png' }).waitFor()
    await here.page.reload()
    await here.page.getByRole('dialog', { name: 'tree.png' }).waitFor()
    await here.page.evaluate(`location.hash = '/media/999999'`)
    await here.page.getByText('This file was deleted, or you may not see it').waitFor()
  })

  it('[PG34] keeps the filters of the administrators’ lists in the address', async () => {
    const window = await openBoard(browser(), server.url, server.admin)
    await window.page.evaluate(`location.hash = '/operations?role=admin'`)
    await eventually(async () => assert.equal(await window.page.getByLabel('Role').inputValue(), 'admin'))
    await window.page.getByRole('searchbox', { name: 'Search people' }).pressSequentially('adm', { delay: 5 })
    const hash = () => window.page.evaluate<string>('location.hash')
    await eventually(async () => assert.equal(await hash(), '#/operations?search=adm&role=admin'))
    await window.page.evaluate(`location.hash = '/operations/audit?from=2026-01-31'`)
    await eventually(async () => assert.equal(await window.page.getByLabel('From').inputValue(), '2026-01-31'))
    await window.page.goBack()
    await eventually(async () =>
      assert.equal(await window.page.getByRole('searchbox', { name: 'Search people' }).inputValue(), 'adm'),
    )
    await window.close()
  })

  it('[PG34] changes the address below an open question when a search ends', async () => {
    await addTask(ada, { title: 'Dig' })
    await here.card('Dig').waitFor()
    await here.page.getByRole('textbox', { name: 'Search' }).fill('dig')
    await here.card('Dig').press('Delete')
    await dialog().waitFor()
    await isAt('#/?search=dig')
    await button('Keep').click()
    await dialog().waitFor({ state: 'detached' })
    await isAt('#/?search=dig')
  })

  it('[PG35] names the tab after what it shows, with the number of unread notifications', async () => {
    const grace = await server.user('grace')
    const garden = await addProject(ada, { name: 'Allotment' })
    await addMember(ada, garden, grace, 'editor')
    const { id } = await addTask(ada, { title: 'Dig', project: garden.id })
    const post = await created(ada, '/blog/posts', { title: 'How to dig', status: 'published' })
    const named = (name: string) => eventually(async () => assert.equal(await title(), name))
    for (const [hash, name] of [
      ['/', 'Board'],
      [`/tasks/${id}`, 'Dig'],
      [`/projects/${garden.id}`, 'Allotment'],
      ['/posts', 'Posts'],
      [`/posts/${post.id}`, 'How to dig'],
      ['/write', 'A new post'],
      ['/media', 'Media'],
      ['/notifications', 'Notifications'],
      ['/videos/import', 'Import videos'],
      ['/nowhere', 'Nothing here'],
    ]) {
      await here.page.evaluate(`location.hash = '${hash}'`)
      await named(`${name} · Taskwire`)
    }
    await here.page.evaluate(`location.hash = '/settings'`)
    await created(grace, `/tasks/${id}/comments`, { body: `@${ada.person.username} look` })
    await named('(1) Settings · Taskwire')
    await expect(ada.rest('POST', '/notifications/read', {}), 200)
    await named('Settings · Taskwire')
    const window = await browser().newPage()
    await window.goto(server.url)
    await window.getByRole('textbox', { name: 'Email' }).waitFor()
    assert.equal(await window.title(), 'Sign in · Taskwire')
    await window.close()
  })
})

import assert from 'node:assert/strict'
import type { BoardWindow } from '../support/board-window.ts'
import { eventually } from '../support/eventually.ts'
import { expect, type Client, type TestServer } from '../support/server.ts'
import { withBoards } from '../support/with-boards.ts'
import { addProject, addTask, created } from '../suites/answers.ts'

describe('page: concurrent changes of what is open', () => {
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
  const shows = (name: string, value: string) =>
    eventually(async () => assert.equal(await field(name).inputValue(), value))

  async function editComment() {
    await here.page.getByRole('button', { name: 'Actions on the comment' }).click()
    await here.page.getByRole('menuitem', { name: 'Edit' }).click()
  }

  it('[PG45] follows a project’s name that others change, and does not store the old one when the field is left', async () => {
    const { id } = await addProject(ada, { name: 'Beds' })
    const nameNow = async () => (await expect(ada.rest('GET', `/projects/${id}`), 200)).body.name
    const rename = (name: string) => expect(ada.rest('PATCH', `/projects/${id}`, { name }), 200)
    await goTo(`/projects/${id}`)
    await shows('Name', 'Beds')
    await rename('Flower beds')
    await shows('Name', 'Flower beds')
    await field('Name').focus()
    await here.page.keyboard.press('Tab')

    await field('Name').fill('My beds')
    await rename('Their beds')
    await dialog().getByText('Now: Their beds').waitFor()
    await here.page.keyboard.press('Tab')
    await dialog().getByRole('heading', { name: 'Their beds' }).waitFor()
    assert.equal(await field('Name').inputValue(), 'My beds')
    assert.equal(await nameNow(), 'Their beds')
    await button('Take this').click()
    await shows('Name', 'Their beds')

    await field('Name').fill('Our beds')
    await rename('Nobody’s beds')
    await dialog().getByText('Now: Nobody’s beds').waitFor()
    await field('Name').press('Enter')
    await dialog().getByRole('heading', { name: 'Our beds' }).waitFor()
    assert.equal(await nameNow(), 'Our beds')
    await eventually(async () => assert.deepEqual(await drafts(), []))
  })

  it('[PG45] edits a comment as it is now, and shows concurrent changes beside it', async () => {
    const task = await addTask(ada, { title: 'Water' })
    const comment = await created(ada, `/tasks/${task.id}/comments`, { body: 'with a can' })
    await goTo(`/tasks/${task.id}`)
    await dialog().getByText('with a can').waitFor()
    await expect(ada.rest('PATCH', `/comments/${comment.id}`, { body: 'with a hose' }), 200)
    await dialog().getByText('with a hose').waitFor()
    await editComment()
    assert.equal(await field('Edit comment').inputValue(), 'with a hose')

    await field('Edit comment').fill('with a bucket')
    await expect(ada.rest('PATCH', `/comments/${comment.id}`, { body: 'by rain' }), 200)
    await dialog().getByText('Now: by rain').waitFor()
    await here.page.reload()
    await shows('Edit comment', 'with a bucket')
    await dialog().getByText('Now: by rain').waitFor()
    await button('Update').click()
    await dialog().getByText('with a bucket').waitFor()
    await editComment()
    assert.equal(await dialog().getByText('Now:').count(), 0)
    assert.deepEqual(await drafts(), [])
  })

  it('[PG45] stores only the touched fields of a profile', async () => {
    const before = ada.person.username
    await goTo('/settings')
    await shows('Username', before)
    await expect(ada.rest('PATCH', '/auth/me', { username: `${before}.elsewhere` }), 200)
    await field('Name').fill('Ada L.')
    await button('Update profile').click()
    await shows('Username', `${before}.elsewhere`)
    const { body } = await expect(ada.rest('GET', '/auth/me'), 200)
    assert.deepEqual([body.name, body.username], ['Ada L.', `${before}.elsewhere`])
    await button('Update profile').click()
    await here.page.getByText('Your profile is updated').waitFor()
  })

  it('[PG46] discards nothing when a key is pressed twice, in a video and in a comment', async () => {
    await goTo('/videos/new')
    await field('Title').fill('Half a')
    for (const _ of [1, 2]) await here.page.keyboard.press('Escape')
    await field('Title').fill('Half a video')
    await here.page.keyboard.press('Escape')
    await button('Go on editing').click()
    assert.equal(await field('Title').inputValue(), 'Half a video')
    await button('Cancel').click()
    await button('Discard').click()
    await dialog().waitFor({ state: 'detached' })

    const task = await addTask(ada, { title: 'Say' })
    await created(ada, `/tasks/${task.id}/comments`, { body: 'this' })
    await goTo(`/tasks/${task.id}`)
    await editComment()
    await field('Edit comment').fill('that')
    await field('Edit comment').press('Escape')
    await button('Go on editing').click()
    assert.equal(await field('Edit comment').inputValue(), 'that')
    await field('Edit comment').press('Escape')
    await button('Discard').click()
    await field('Edit comment').waitFor({ state: 'detached' })
    await editComment()
    await field('Edit comment').press('Escape')
    await field('Edit comment').waitFor({ state: 'detached' })
    assert.deepEqual(await drafts(), [])
  })

  for (const [what, address, name, store] of [
    ['a task', '/tasks/new', 'Title', 'Save'],
    ['a project', '/projects/new', 'Name', 'Create'],
  ] as const) {
    it(`[PG47] keeps what is typed in this tab when another tab stores ${what}`, async () => {
      await goTo(address)
      await field(name).fill('Half of it')
      const other = await here.page.context().newPage()
      await other.goto(`${server.url}/#${address}`)
      await other.getByRole('textbox', { name, exact: true }).fill('All of it')
      await other.getByRole('button', { name: store, exact: true }).click()
      await eventually(async () => assert.doesNotMatch(other.url(), /new/))
      await other.close()
      await here.page.reload()
      await shows(name, 'Half of it')
      await here.page.evaluate('localStorage.clear()')
    })
  }

  it('[PG47] empties the field of a comment that this tab sends while another tab keeps another text', async () => {
    const { id } = await addTask(ada, { title: 'Two comments' })
    await goTo(`/tasks/${id}`)
    await field('Comment').fill('From here')
    const other = await here.page.context().newPage()
    await other.goto(`${server.url}/#/tasks/${id}`)
    const there = other.getByRole('textbox', { name: 'Comment', exact: true })
    await there.fill('From there')
    await field('Comment').press('Control+Enter')
    await shows('Comment', '')
    await other.reload()
    await eventually(async () => assert.equal(await there.inputValue(), 'From there'))
    await other.close()
    await here.page.evaluate('localStorage.clear()')
  })

  it('[PG34] ignores a slash at the end of an address', async () => {
    const { id } = await addTask(ada, { title: 'Here it is' })
    await goTo(`/tasks/${id}/`)
    await shows('Title', 'Here it is')
    await goTo('/settings//?x')
    await field('Username').waitFor()
  })
})

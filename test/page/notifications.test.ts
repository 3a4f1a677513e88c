import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import type { BoardWindow } from '../support/board-window.ts'
import { eventually } from '../support/eventually.ts'
import { expect, type Client, type TestServer } from '../support/server.ts'
import { withBoards } from '../support/with-boards.ts'
import { addMember, addProject, addTask, created } from '../suites/answers.ts'

describe('page: notifications', () => {
  let server: TestServer
  let ada: Client
  let grace: Client
  let window: BoardWindow
  let tab: Page

  withBoards({ people: ['grace'] }, boards => {
    server = boards.server
    ;[grace] = boards.people
    ;[window] = boards.windows
  })
  before(async () => {
    ada = await server.user('ada')
    tab = await window.page.context().newPage()
  })
  beforeEach(async () => {
    await server.query('delete from notifications')
    await window.reopen()
    await tab.goto(`${server.url}/#/notifications`)
    await tab.reload()
    await tab.getByRole('status').getByText('Live', { exact: true }).waitFor()
  })

  const link = (page: Page, unread: number) =>
    page
      .getByRole('navigation')
      .getByRole('link', { name: unread === 0 ? 'Notifications' : `Notifications, ${unread} unread`, exact: true })
  const items = (page: Page) => page.getByRole('region', { name: 'What you were told' }).getByRole('listitem')
  const assign = (title: string) => addTask(ada, { title, assignee_id: grace.person.id })
  const mention = async (title: string, body = `Look, @${grace.person.username}`) => {
    const task = await addTask(ada, { title })
    return { task, comment: await created(ada, `/tasks/${task.id}/comments`, { body }) }
  }

  it('[PG16] shows a mention live with the count, announces it, and leads to the comment', async () => {
    await link(window.page, 0).waitFor()
    const { task } = await mention('Paint the shed')
    await link(window.page, 1).waitFor()
    await window.page.getByText('ada mentioned you in “Paint the shed”').waitFor()
    for (let at = 0; at < 21; at += 1) await created(ada, `/tasks/${task.id}/comments`, { body: `more ${at}` })

    await link(window.page, 1).click()
    await items(window.page).getByRole('link', { name: 'ada mentioned you in “Paint the shed”' }).click()

    const dialog = window.page.getByRole('dialog')
    assert.equal(await dialog.getByRole('textbox', { name: 'Title' }).inputValue(), 'Paint the shed')
    await dialog.locator('.comment.is-target').getByText('Look,').waitFor()
    await eventually(() => window.page.locator('.notifications-link .badge').waitFor({ state: 'detached' }))
  })

  it('[PG16] shows the newest on top, marks unread ones, and marks one as read', async () => {
    await assign('first')
    await assign('second')
    await eventually(async () => {
      const texts = await items(tab).getByRole('link').allTextContents()
      assert.deepEqual(texts, ['Unread: ada assigned “second” to you', 'Unread: ada assigned “first” to you'])
    })

    await tab.getByRole('button', { name: 'Mark as read: ada assigned “second” to you' }).click()

    await link(tab, 1).waitFor()
    const texts = await items(tab).getByRole('link').allTextContents()
    assert.deepEqual(texts, ['ada assigned “second” to you', 'Unread: ada assigned “first” to you'])
  })

  it('[PG17] marks a notification as read in all tabs', async () => {
    for (const title of ['one', 'two', 'three']) await assign(title)
    await link(window.page, 3).waitFor()
    await tab.getByRole('button', { name: 'Mark as read' }).first().click()
    await link(window.page, 2).waitFor()

    await tab.getByRole('button', { name: 'Mark all as read' }).click()

    await link(window.page, 0).waitFor()
    await link(tab, 0).waitFor()
    assert.equal(await window.page.locator('.notifications-link .badge').count(), 0)
  })

  it('[PG17] shows after a break what came and what was read elsewhere', async () => {
    await assign('before')
    await link(tab, 1).waitFor()
    await window.setOffline(true)
    await tab.getByRole('status').getByText('Offline').waitFor()
    await expect(grace.rest('POST', '/notifications/read', {}), 200)
    await assign('missed')
    await mention('missed too')

    await window.setOffline(false)

    await tab.getByText(/[23] new notifications/).waitFor()
    await link(tab, 2).waitFor()
    await link(window.page, 2).waitFor()
    assert.equal(await items(tab).count(), 3)
  })

  it('[PG17] loads everything again after the log was replaced', async () => {
    await assign('lost with the log')
    await assign('lost as well')
    await link(tab, 2).waitFor()
    await window.setOffline(true)
    await tab.getByRole('status').getByText('Offline').waitFor()
    await server.query('delete from notifications')
    await assign('missed')
    await server.query('update log_head set epoch = gen_random_uuid()::text')
    await window.setOffline(false)

    await link(tab, 1).waitFor()
    await items(tab).getByText('missed').first().waitFor()
    assert.equal(await items(tab).count(), 1)
  })

  it('[PG16] shows nothing of a kind that is switched off', async () => {
    const mentions = tab.getByRole('checkbox', { name: 'Mentions' })
    await mentions.uncheck()
    await eventually(async () => {
      const { body } = await expect(grace.rest('GET', '/notifications/preferences'), 200)
      assert.equal(body.mention, false)
    })
    await mention('switched off')
    await assign('switched on')
    await link(tab, 1).waitFor()
    await mentions.check()
  })

  it('[PG22] links a role to its project, and a lost role to nothing', async () => {
    const project = await addProject(ada, { name: 'Orchard' })
    await addMember(ada, project, grace, 'viewer')
    await items(tab).getByRole('link', { name: 'ada made you viewer of “Orchard”' }).click()
    const dialog = tab.getByRole('dialog')
    await dialog.getByRole('heading', { name: 'Orchard' }).waitFor()
    await dialog.getByRole('button', { name: 'Show its tasks' }).click()
    await dialog.waitFor({ state: 'detached' })
    assert.match(tab.url(), new RegExp(`#/\\?project=${project.id}$`))

    await ada.rest('DELETE', `/projects/${project.id}/members/${grace.person.id}`)
    await tab.goto(`${server.url}/#/notifications`)
    await items(tab).locator('p').getByText('ada removed you from “Orchard”').waitFor()
    assert.equal(await items(tab).getByRole('link').count(), 0)
  })

  it('[PG16] says that there are no notifications', async () => {
    await tab.getByText('Nothing yet').waitFor()
    await link(tab, 0).waitFor()
  })
})

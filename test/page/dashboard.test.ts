import assert from 'node:assert/strict'
import type { BoardWindow } from '../support/board-window.ts'
import { openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { expect, type Client, type TestServer } from '../support/server.ts'
import { withBoards } from '../support/with-boards.ts'
import { addProject, addTask } from '../suites/answers.ts'

describe('page: the dashboard', () => {
  let ada: Client
  let here: BoardWindow
  let server: TestServer

  withBoards({ people: ['ada'] }, boards => {
    server = boards.server
    ;[ada] = boards.people
    ;[here] = boards.windows
  })

  const open = () => here.page.getByRole('link', { name: 'Dashboard', exact: true }).click()
  const region = (name: string) => here.page.getByRole('region', { name })
  /** The count beside a name. */
  const figure = (name: string) => region('Tasks').locator('.figure', { hasText: name }).locator('b')

  it('[PG50] shows how things stand, counts again when something happens, and leads to what it counts', async () => {
    await addTask(ada, { title: 'late', due_date: '2026-01-01T00:00:00Z' })
    await open()
    await figure('Overdue').getByText('1', { exact: true }).waitFor()
    assert.equal(await figure('Urgent').textContent(), '0')

    await addTask(ada, { title: 'hurry', priority: 'urgent' })
    await figure('Urgent').getByText('1', { exact: true }).waitFor()
    await region('Tasks').getByRole('listitem').filter({ hasText: 'To do' }).getByText('2', { exact: true }).waitFor()

    await here.page.getByRole('link', { name: 'Overdue' }).click()
    await here.card('late').waitFor()
    assert.equal(await here.card('hurry').count(), 0)
  })

  it('[PG50] counts again as soon as the server does, after counting took long', async () => {
    const { page } = here
    await page.evaluate(`location.hash = '/'`)
    await here.column('To do').waitFor()
    const holder = await openConnection(server.ownerUrl)
    try {
      await holder.query('begin; lock table media in access exclusive mode')
      await expect(server.admin.rest('POST', '/cache/clear', { all: true }), 200)
      const counted = page.waitForResponse(/dashboard\/stats/)
      counted.catch(() => {})
      await open()
      // A count is kept for twenty times as long as it took.
      await eventually(async () => {
        const { rows } = await holder.query(`
          select from pg_locks
          where relation = 'media'::regclass and not granted and clock_timestamp() - waitstart > interval '300 ms'`)
        assert.equal(rows.length, 1)
      })
      await holder.query('rollback')
      await counted
    } finally {
      await holder.end()
    }
    const before = await figure('Urgent').textContent()
    await addTask(ada, { title: 'long ago', priority: 'urgent' })
    await figure('Urgent')
      .getByText(String(Number(before) + 1), { exact: true })
      .waitFor()
  })

  it('[PG50] shows what happened last in everything that one sees, in words, with a link to each thing', async () => {
    const project = await addProject(ada, { name: 'Garden' })
    const task = await addTask(ada, { title: 'dig', project: project.id })
    await open()
    const entries = region('What happened last').getByRole('list', { name: 'Activity' }).getByRole('listitem')
    await entries.filter({ hasText: 'GardenYou created it' }).waitFor()

    await expect(ada.rest('PATCH', `/tasks/${task.id}`, { status: 'done' }), 200)
    const moved = entries.filter({ hasText: 'You moved it from To do to Done' })
    await moved.waitFor()
    await moved.getByRole('link', { name: 'dig' }).click()
    await here.page.getByRole('dialog').getByRole('textbox', { name: 'Title' }).waitFor()
    await here.page.keyboard.press('Escape')
  })
})

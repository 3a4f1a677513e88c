import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { faults as faultsOf, viewports } from '../support/axe.ts'
import { openBoard, type BoardWindow } from '../support/board-window.ts'
import { useBrowser } from '../support/browser.ts'
import { expect, startServer, type TestServer } from '../support/server.ts'
import { png, upload } from '../suites/media.ts'

describe('page: axe', () => {
  const browser = useBrowser()
  let server: TestServer
  let task: number
  let post: number

  before(async function () {
    this.timeout(120_000)
    server = await startServer({ page: true })
    const { admin } = server
    const project = (await expect(admin.rest('POST', '/projects', { name: 'A project' }), 201)).body
    const written = {
      title: 'a task',
      description: [
        '### Head\n\n###### below\n\n##\n\n> # quoted\n\n- [ ] one\n- ## two',
        '```\ncode\n```',
        '| a | b |\n|--|--|\n| 1 | 2 |',
        '| | c |\n|--|--|\n| 1 | 2 |',
        '[](https://a.example/) and [\u200b](https://b.example/) and [![](https://c.example/d.png)](https://c.example/)',
      ].join('\n\n'),
    }
    const more = { priority: 'urgent', due_date: '2020-01-01T12:00:00Z', category: 'kind', project: String(project.id) }
    task = (await expect(admin.rest('POST', '/tasks', { ...written, ...more, assignee_id: admin.person.id }), 201)).body
      .id
    await expect(admin.rest('POST', '/tasks', { title: 'done', status: 'done' }), 201)
    await expect(admin.rest('POST', `/tasks/${task}/comments`, { body: 'said, with `code` and @nobody' }), 201)
    post = (await expect(admin.rest('POST', '/blog/posts', { title: 'a post', body: written.description }), 201)).body
      .id
    await expect(admin.rest('POST', '/videos', { title: 'a video', url: 'https://a.example/v', tags: ['tag'] }), 201)
    await upload(server, admin, [{ name: 'a.png', content: await png() }])
  })
  after(() => server?.close())

  // Each is opened in its colours: elements out of sight would keep the colours that they had.
  const ways = viewports.flatMap(viewport =>
    (['light', 'dark'] as const).map(colorScheme => ({ viewport, colorScheme })),
  )
  for (const { viewport, colorScheme } of ways)
    describe(`in ${colorScheme}, at ${viewport.width} px`, () => {
      let board: BoardWindow
      const faults = (page: Page) => faultsOf(page, { onlyColours: colorScheme === 'dark' })
      before(async () => {
        board = await openBoard(browser(), server.url, server.admin, { colorScheme, viewport })
      })
      beforeEach(() => board.reopen())
      after(() => board?.close())

      it('[EO7] finds nothing in the views', async function () {
        this.timeout(120_000)
        const found: Record<string, string[]> = {}
        /** Each address with a text that shows when it has been loaded. */
        const places: [string, string][] = [
          ['/', 'a task'],
          ['/posts', 'a post'],
          [`/posts/${post}`, 'Head'],
          ['/write', 'A new post'],
          ['/media', 'a.png'],
          ['/dashboard', 'a video'],
          ['/videos', 'a video'],
          ['/jobs', 'Jobs'],
          ['/notifications', 'Notifications'],
          ['/settings', 'This one'],
          ['/settings/exports', 'Your exports'],
          ['/settings/webhooks', 'You have none'],
          ['/settings/keys', 'You have none'],
          ['/settings/data', 'What goes'],
          ['/operations', 'Select all that are shown'],
          ['/operations/system', 'answers in'],
          ['/operations/flags', 'There are no flags yet'],
          ['/operations/backups', 'There are no backups yet'],
          ['/operations/jobs', 'No job'],
          ['/operations/webhooks', 'There are none'],
          ['/operations/audit', 'signed in'],
          ['/nowhere', 'There is nothing here'],
        ]
        for (const [place, seen] of places) {
          await board.page.evaluate(`location.hash = ${JSON.stringify(place)}`)
          await board.page.getByRole('main').getByText(seen).filter({ visible: true }).first().waitFor()
          const faulty = await faults(board.page)
          if (faulty.length > 0) found[place] = faulty
        }
        assert.deepEqual(found, {})
      })

      it('[EO7] finds nothing in the dialogs', async function () {
        this.timeout(120_000)
        const found: Record<string, string[]> = {}
        for (const place of [`/tasks/${task}`, '/tasks/new', '/projects', '/projects/1', '/import', '/videos/new']) {
          await board.page.evaluate(`location.hash = ${JSON.stringify(place)}`)
          await board.page.getByRole('dialog').waitFor()
          await board.page.waitForLoadState('networkidle')
          const faulty = await faults(board.page)
          if (faulty.length > 0) found[place] = faulty
          await board.page.evaluate(`location.hash = '/'`)
          await board.page.getByRole('dialog').waitFor({ state: 'detached' })
        }
        await board.page.getByRole('button', { name: 'Filter' }).click()
        await board.page.getByRole('group', { name: 'Urgency' }).waitFor()
        const faulty = await faults(board.page)
        if (faulty.length > 0) found.filters = faulty
        assert.deepEqual(found, {})
      })

      it('[EO7] finds nothing in the sign-in', async function () {
        this.timeout(120_000)
        const context = await browser().newContext({ colorScheme, viewport, reducedMotion: 'reduce' })
        const page = await context.newPage()
        try {
          await page.goto(server.url)
          await page.getByRole('textbox', { name: 'Email' }).waitFor()
          const signIn = await faults(page)
          await page.getByRole('button', { name: 'Create account' }).click()
          await page.getByRole('textbox', { name: 'Username' }).waitFor()
          const create = await faults(page)
          await page.getByRole('button', { name: 'Create account' }).click()
          await page.locator('[aria-invalid=true]').first().waitFor()
          const refused = await faults(page)
          await page.getByRole('button', { name: 'I have an account' }).click()
          await page.getByRole('button', { name: 'Forgot password?' }).click()
          await page.getByText('does not send e-mail').waitFor()
          const forgot = await faults(page)
          await page.evaluate(`location.hash = '/reset-password?token=x'`)
          await page.getByRole('textbox', { name: 'New password' }).fill('long enough 99')
          await page.getByRole('button', { name: 'Change it' }).click()
          await page.getByText('This link has been used').waitFor()
          const reset = await faults(page)
          assert.deepEqual(
            { signIn, create, refused, forgot, reset },
            { signIn: [], create: [], refused: [], forgot: [], reset: [] },
          )
        } finally {
          await context.close()
        }
      })
    })
})

import AxeBuilder from '@axe-core/playwright'
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { openBoard, type BoardWindow } from '../support/board-window.ts'
import { useBrowser } from '../support/browser.ts'
import { expect, startServer, type TestServer } from '../support/server.ts'
import { png, upload } from '../suites/media.ts'

/** What axe does not look for by itself: that the name of a control has what stands on it. */
const alsoRules = { 'label-content-name-mismatch': { enabled: true }, 'target-size': { enabled: true } }

async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).options({ rules: alsoRules }).analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary?.slice(0, 300)}`),
  )
}

describe('page: what axe says', () => {
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
      description: '# Head\n\n- [ ] one\n\n```\ncode\n```\n\n| a | b |\n|--|--|\n| 1 | 2 |',
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

  const ways = [
    ['light', { width: 1440, height: 900 }],
    ['light', { width: 360, height: 740 }],
    ['dark', { width: 1440, height: 900 }],
    ['dark', { width: 360, height: 740 }],
  ] as const
  for (const [colorScheme, viewport] of ways)
    describe(`in ${colorScheme}, at ${viewport.width} px`, () => {
      let board: BoardWindow
      before(async () => {
        board = await openBoard(browser(), server.url, server.admin, {
          colorScheme,
          viewport,
          reducedMotion: 'reduce',
        })
      })
      beforeEach(() => board.reopen())
      after(() => board?.close())

      it('[EO7] nothing of the views', async () => {
        const found: Record<string, string[]> = {}
        const places: [string, string][] = [
          ['/', 'Tasks'],
          ['/posts', 'Posts'],
          [`/posts/${post}`, 'a post'],
          ['/write', ''],
          ['/media', 'Media'],
          ['/videos', 'Videos'],
          ['/jobs', 'Jobs'],
          ['/notifications', 'Notifications'],
          ['/settings', 'Settings'],
          ['/operations', 'Operations'],
          ['/operations/jobs', 'Operations'],
          ['/operations/audit', 'Operations'],
          ['/nowhere', 'There is nothing here'],
        ]
        for (const [place, heading] of places) {
          await board.page.evaluate(`location.hash = ${JSON.stringify(place)}`)
          if (heading) await board.page.getByRole('heading', { name: heading, level: 1 }).waitFor()
          else await board.page.getByRole('textbox', { name: 'Text' }).waitFor()
          await board.page.waitForLoadState('networkidle')
          const faulty = await faults(board.page)
          if (faulty.length > 0) found[place] = faulty
        }
        assert.deepEqual(found, {})
      })

      it('[EO7] nothing of the dialogs', async () => {
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
        await board.page
          .getByRole('checkbox', { name: 'Select a task' })
          .check({ force: true })
          .catch(() => {})
        const faulty = await faults(board.page)
        if (faulty.length > 0) found.filters = faulty
        assert.deepEqual(found, {})
      })

      it('[EO7] nothing of the sign-in', async () => {
        const context = await browser().newContext({ colorScheme, viewport, reducedMotion: 'reduce' })
        const page = await context.newPage()
        try {
          await page.goto(server.url)
          await page.getByRole('textbox', { name: 'Email' }).waitFor()
          const signIn = await faults(page)
          await page.getByRole('button', { name: 'Create account' }).click()
          await page.getByRole('textbox', { name: 'Username' }).waitFor()
          assert.deepEqual([...signIn, ...(await faults(page))], [])
        } finally {
          await context.close()
        }
      })
    })
})

import assert from 'node:assert/strict'
import { openBoard, type BoardWindow } from '../support/board-window.ts'
import { useBrowser } from '../support/browser.ts'
import { expect, startServer, type TestServer } from '../support/server.ts'
import { png, upload } from '../suites/media.ts'

const sizes = [
  { width: 360, height: 740 },
  { width: 1440, height: 900 },
]

const post = {
  title: `A post with ${'anunbreakablewordofconsiderablelength'.repeat(3)}`,
  body: `# ${'unbreakable'.repeat(20)}\n\n\`\`\`\n${'code '.repeat(80)}\n\`\`\`\n\n> ${'quoted'.repeat(60)}`,
}
const video = {
  title: `A video with ${'anunbreakablewordofconsiderablelength'.repeat(3)}`,
  url: 'https://a.example/v',
  author_name: 'by'.repeat(90),
  tags: ['a tag', 'unbreakable'.repeat(4)],
}
const file = `${'a name without an end '.repeat(6)}andanunbreakableword.png`

describe('page: layout', () => {
  const browser = useBrowser()
  let server: TestServer

  before(async function () {
    this.timeout(120_000)
    server = await startServer({ page: true })
    const long = 'A title that goes on for quite a while and has anunbreakablewordofconsiderablelength in it'
    await expect(server.admin.rest('POST', '/tasks', { title: long, category: 'some rather long category' }), 201)
    await expect(server.admin.rest('POST', '/blog/posts', post), 201)
    await expect(server.admin.rest('POST', '/videos', video), 201)
    await upload(server, server.admin, [{ name: file, content: await png() }])
  })
  after(() => server?.close())

  for (const viewport of sizes) {
    describe(`at ${viewport.width} px`, () => {
      let board: BoardWindow
      before(async () => {
        board = await openBoard(browser(), server.url, server.admin, { viewport })
      })
      beforeEach(() => board.reopen())
      after(() => board?.close())

      const sticksOut = () => board.page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')
      const one = async (role: Parameters<BoardWindow['page']['getByRole']>[0], name: string) =>
        assert.equal(await board.page.getByRole(role, { name, exact: true }).count(), 1, `${role} ${name}`)

      it('[PG11] does not scroll sideways in any view', async () => {
        assert.equal(await sticksOut(), false)
        await board.page.getByRole('button', { name: 'New task' }).click()
        assert.equal(await sticksOut(), false)
        await board.page.keyboard.press('Escape')
        await board.page.getByRole('button', { name: 'Filter' }).click()
        assert.equal(await sticksOut(), false)
        await board.page.keyboard.press('Escape')
        await board.page.getByRole('link', { name: 'Media' }).click()
        await board.page.getByRole('listitem', { name: file }).waitFor()
        assert.equal(await sticksOut(), false)
        await board.page.getByRole('button', { name: file, exact: true }).click()
        await board.page.getByRole('dialog').getByRole('link', { name: 'Download' }).waitFor()
        assert.equal(await sticksOut(), false)
        await board.page.keyboard.press('Escape')
        await board.page.getByRole('link', { name: 'Posts' }).click()
        await board.page.getByRole('listitem', { name: post.title }).getByRole('link').waitFor()
        assert.equal(await sticksOut(), false)
        await board.page.getByRole('listitem', { name: post.title }).getByRole('link').click()
        await board.page.getByRole('article').waitFor()
        assert.equal(await sticksOut(), false)
        await board.page.getByRole('link', { name: 'Edit' }).click()
        await board.page.getByRole('textbox', { name: 'Text' }).waitFor()
        assert.equal(await sticksOut(), false)
        await board.page.getByRole('link', { name: 'Videos' }).click()
        await board.page.getByRole('listitem', { name: video.title }).waitFor()
        assert.equal(await sticksOut(), false)
        for (const name of ['Add a video', 'Import']) {
          await board.page.getByRole('button', { name, exact: true }).click()
          await board.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).waitFor()
          assert.equal(await sticksOut(), false)
          await board.page.keyboard.press('Escape')
          // By then its step of the history is gone.
          await board.page.getByRole('dialog').waitFor({ state: 'detached' })
        }
        await board.page.evaluate(`location.hash = '/jobs'`)
        await board.page.getByRole('heading', { name: 'Jobs' }).waitFor()
        assert.equal(await sticksOut(), false)
        await board.page.getByRole('link', { name: 'Notifications' }).click()
        await board.page.getByRole('heading', { name: 'Notifications' }).waitFor()
        assert.equal(await sticksOut(), false)
        await board.page.getByRole('link', { name: 'Settings' }).click()
        await board.page.getByRole('heading', { name: 'Settings' }).waitFor()
        assert.equal(await sticksOut(), false)
      })

      it('[PG11] makes a comment as wide as there is room, whatever its text', async () => {
        const task = await expect(server.admin.rest('POST', '/tasks', { title: 'discussed' }), 201)
        const body = `${'unbreakable'.repeat(40)}\n\`\`\`\n${'code '.repeat(80)}\n\`\`\`\nhttps://a.example/${'x'.repeat(300)}`
        await expect(server.admin.rest('POST', `/tasks/${task.body.id}/comments`, { body }), 201)
        await board.card('discussed').press('Enter')
        const dialog = board.page.getByRole('dialog')
        await dialog.getByText('unbreakable').waitFor()
        const tooWide = () =>
          dialog.evaluate(element =>
            [element, ...element.querySelectorAll('.task-parts, .talk, .comment')]
              .filter(part => part.scrollWidth > part.clientWidth)
              .map(part => part.className),
          )
        assert.deepEqual([await sticksOut(), await tooWide()], [false, []])
        await expect(server.admin.rest('DELETE', `/tasks/${task.body.id}`), 204)
      })

      it('[PG11] shows all of a long title in a dialog, and all of its buttons', async () => {
        const title = 'word '.repeat(99) + 'end'
        await expect(server.admin.rest('POST', '/tasks', { title, status: 'done' }), 201)
        await board.card(title).press('Enter')
        const dialog = board.page.getByRole('dialog')
        await dialog.getByRole('textbox', { name: 'Title' }).waitFor()
        const hidden = () =>
          dialog.evaluate(element =>
            [...element.querySelectorAll('textarea, .modal-foot:not([hidden])')]
              .filter(part => part.scrollWidth > part.clientWidth || part.scrollHeight > part.clientHeight)
              .map(part => part.className),
          )
        assert.deepEqual(await hidden(), [])
        await dialog.getByRole('button', { name: 'Delete' }).click()
        assert.deepEqual(await hidden(), [])
        await dialog.getByRole('button', { name: 'Delete for good' }).click()
        await board.card(title).waitFor({ state: 'detached' })
      })

      it('[PG28] reaches everything in a list by keyboard, and its menus return the focus', async () => {
        const { page } = board
        const focused = () =>
          page.evaluate<string>(
            'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent',
          )
        const tabTo = async (name: string) => {
          for (let press = 0; press < 40; press += 1) {
            if ((await focused()).trim() === name) return
            await page.keyboard.press('Tab')
          }
          assert.fail(`${name} is not reached: ${await focused()}`)
        }
        const lists: [string, string[]][] = [
          ['Media', ['Upload to', 'Upload', 'Pictures', 'In project', 'Uploaded by', file, `Actions on ${file}`]],
          ['Posts', ['Write a post', 'Search', 'In project', 'Drafts', post.title]],
          [
            'Videos',
            [
              'Import',
              'Add a video',
              'Search',
              'From',
              'Tag',
              video.title,
              'Only with a tag',
              `Select ${video.title}`,
              `Actions on ${video.title}`,
            ],
          ],
        ]
        for (const [place, names] of lists) {
          await page.getByRole('link', { name: place, exact: true }).press('Enter')
          await page
            .getByRole('listitem')
            .filter({ hasText: /unbreakable/ })
            .first()
            .waitFor()
          for (const name of names) await tabTo(name)
        }
        await page.keyboard.press('Enter')
        await page.getByRole('menuitem', { name: 'Edit' }).waitFor()
        await page.keyboard.press('ArrowDown')
        await page.keyboard.press('Enter')
        await page.getByRole('dialog', { name: 'Delete this video?' }).waitFor()
        await page.keyboard.press('Escape')
        await page.getByRole('dialog').waitFor({ state: 'detached' })
      })

      it('[PG12] gives each name to exactly one element', async () => {
        for (const name of ['To do', 'In progress', 'Review', 'Done']) await one('region', name)
        for (const name of ['Board', 'Posts', 'Media', 'Videos', 'Notifications', 'Settings']) await one('link', name)
        await one('textbox', 'Search')
        await one('button', 'New task')
        await one('list', 'Here now')
        assert.equal(await board.page.getByRole('status').count(), 1)
        assert.equal(await board.status.textContent(), 'Live')
        await board.page.getByRole('button', { name: 'New task' }).click()
        await one('textbox', 'Title')
        await one('button', 'Save')
        for (const name of ['Description', 'Priority', 'Category', 'Project', 'Due date', 'Assignee']) {
          assert.equal(await board.page.getByRole('dialog').getByLabel(name, { exact: true }).count(), 1, name)
        }
      })

      it('[PG11] lets every column be reached', async () => {
        for (const name of ['Done', 'To do']) {
          await board.column(name).scrollIntoViewIfNeeded()
          await board.page.getByRole('button', { name: `Add to ${name}` }).click()
          await board.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
        }
      })
    })
  }
})

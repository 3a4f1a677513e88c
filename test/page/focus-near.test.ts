import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { openBoard, type BoardWindow } from '../support/board-window.ts'
import { useBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import type { Client, TestServer } from '../support/server.ts'
import { withBoards } from '../support/with-boards.ts'
import { addTask } from '../suites/answers.ts'
import { png, upload } from '../suites/media.ts'

describe('page: the focus and what is in sight', () => {
  const browser = useBrowser()
  let server: TestServer
  let ada: Client
  let board: BoardWindow

  withBoards({ people: ['ada'] }, boards => {
    server = boards.server
    ;[ada] = boards.people
    ;[board] = boards.windows
  })
  beforeEach(async () => {
    await server.query('delete from tasks')
    await board.reopen()
  })

  const goTo = (address: string, page: Page = board.page) => page.evaluate(`location.hash = ${JSON.stringify(address)}`)
  const button = (name: string) => board.page.getByRole('button', { name, exact: true })
  const focusIs = (name: string) =>
    eventually(async () =>
      assert.equal(
        await board.page.evaluate(
          '(document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent).trim()',
        ),
        name,
      ),
    )

  it('[EO1] moves the focus from a filter that is removed to the next one, and from the last to the toolbar', async () => {
    await goTo('/?priority=urgent&priority=low&due=week')
    await button('Urgent').press('Enter')
    await focusIs('Low')
    await button('Low').press('Enter')
    await focusIs('Due in 7 days')
    await button('Due in 7 days').press('Enter')
    await focusIs('Filter')
    await goTo('/?priority=high&category=x')
    await button('Clear all').press('Enter')
    await focusIs('Filter')
  })

  it('[EO1] moves the focus from the only file of a task to the button that attaches files', async () => {
    const { id } = await addTask(ada, { title: 'With a file' })
    await upload(server, ada, [{ name: 'only.png', content: await png() }], { task_id: id })
    await goTo(`/tasks/${id}`)
    await button('Actions on only.png').press('Enter')
    await board.page.getByRole('menuitem', { name: 'Delete' }).press('Enter')
    await board.page.getByRole('dialog').last().getByRole('button', { name: 'Delete' }).click()
    await board.page.getByRole('listitem', { name: 'only.png' }).waitFor({ state: 'detached' })
    await focusIs('Attach')
  })

  it('[EO1] moves the focus from the bar of selected cards to a card', async () => {
    for (const title of ['four', 'three', 'two', 'one']) await addTask(ada, { title })
    for (const title of ['one', 'four']) await board.card(title).waitFor()
    const [first = '', second = '', third = ''] = await board.titles('To do')
    const select = async (...titles: string[]) => {
      for (const title of titles) await board.page.getByRole('checkbox', { name: `Select ${title}` }).check()
    }
    await select(first)
    await button('Clear selection').press('Enter')
    await focusIs(first)
    await select(first, second)
    await button('Delete…').press('Enter')
    await button('Delete 2 tasks').press('Enter')
    await board.card(second).waitFor({ state: 'detached' })
    await focusIs(third)
    await select(third)
    // Not before the deletion is answered.
    await board.page.getByRole('button', { name: 'Move to…', disabled: false }).press('Enter')
    await board.page.getByRole('menuitem', { name: 'Review' }).press('Enter')
    await board.column('Review').getByRole('listitem', { name: third }).waitFor()
    await focusIs(third)
  })

  it('[EO1] moves the focus into the list of posts after the deletion of one', async () => {
    const { slug } = (await ada.rest('POST', '/blog/posts', { title: 'Going', body: '', status: 'published' })).body
    await goTo(`/posts/${slug}`)
    await button('Delete').press('Enter')
    await board.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).press('Enter')
    await board.page.getByRole('heading', { name: 'Posts' }).waitFor()
    await eventually(async () => assert.equal(await board.page.evaluate('document.activeElement.id'), 'content'))
  })

  it('[EO4] does not cover the beginning of a title that is written from right to left', async () => {
    for (const title of ['كتاب', 'ספר ארוך מאוד שצריך לקרוא', 'an English one']) await addTask(ada, { title })
    for (const title of ['كتاب', 'ספר ארוך מאוד שצריך לקרוא']) {
      await board.card(title).hover()
      const isClear = await board.card(title).evaluate(card => {
        const { document } = card.ownerDocument.defaultView!
        const range = document.createRange()
        range.setStart(card.querySelector('.card-title')!.firstChild!, 0)
        range.setEnd(card.querySelector('.card-title')!.firstChild!, 1)
        const letter = range.getBoundingClientRect()
        return letter.right <= card.querySelector('.card-tools')!.getBoundingClientRect().left
      })
      assert.equal(isClear, true, title)
    }
  })

  it('[EO7] changes all colours at once for people who want less motion', async () => {
    await addTask(ada, { title: 'A card' })
    await board.card('A card').waitFor()
    await board.page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'light' })
    try {
      const colours = () =>
        board.page.evaluate<string[]>(
          '[...document.querySelectorAll("body, .card-title, .button")].map(one => getComputedStyle(one).color + document.getAnimations().length)',
        )
      const light = await colours()
      await board.page.emulateMedia({ colorScheme: 'dark' })
      const dark = await colours()
      assert.deepEqual(
        dark.filter((colour, at) => colour === light[at] || !colour.endsWith(')0')),
        [],
      )
    } finally {
      await board.page.emulateMedia({ reducedMotion: null, colorScheme: null })
    }
  })

  for (const viewport of [
    { width: 320, height: 256 },
    { width: 667, height: 375 },
  ])
    it(`[EO5] covers no button of the post editor at ${viewport.width} × ${viewport.height}`, async () => {
      const low = await openBoard(browser(), server.url, ada, { viewport })
      try {
        await goTo('/write', low.page)
        for (const name of ['Cancel', 'Save draft', 'Publish']) {
          const one = low.page.getByRole('button', { name, exact: true })
          await one.focus()
          const [nav, box] = [await low.page.locator('.bar nav').boundingBox(), await one.boundingBox()]
          assert.ok(box!.y + box!.height <= nav!.y + 1, `${name}: ${box!.y + box!.height} ${nav!.y}`)
        }
      } finally {
        await low.close()
      }
    })
})

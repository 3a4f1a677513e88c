import assert from 'node:assert/strict'
import { openBoard, type BoardWindow } from '../support/board-window.ts'
import { useBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { expect, type Client, type TestServer } from '../support/server.ts'
import { withBoards } from '../support/with-boards.ts'
import { png, upload } from '../suites/media.ts'

describe('page: for everyone', () => {
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

  const create = async (title: string, more: object = {}) =>
    (await expect(ada.rest('POST', '/tasks', { title, ...more }), 201)).body
  const focused = () =>
    board.page.evaluate<string>(
      '(document.activeElement.closest("li") ?? document.activeElement).getAttribute("aria-label") ?? document.activeElement.textContent',
    )
  const focusIs = (name: string) => eventually(async () => assert.equal(await focused(), name))

  describe('after a deletion', () => {
    it('[EO1] moves the focus to the next card, and from the last to the one before', async () => {
      const last = await create('three')
      for (const title of ['two', 'one']) await create(title, { before_id: last.id })
      for (const title of ['one', 'two', 'three']) await board.card(title).waitFor()
      await board.card('two').focus()
      await board.page.keyboard.press('Delete')
      await board.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
      await board.card('two').waitFor({ state: 'detached' })
      const [next = '', end = ''] = await board.titles('To do')
      await focusIs(next)
      await board.card(end).press('Enter')
      await board.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
      await board.page.getByRole('button', { name: 'Delete for good' }).click()
      await board.card(end).waitFor({ state: 'detached' })
      await focusIs((await board.titles('To do'))[0]!)
    })

    it('[EO1] does so when somebody else deletes the card', async () => {
      const [low, high] = [await create('low'), await create('high')]
      for (const title of ['low', 'high']) await board.card(title).waitFor()
      await board.card('low').focus()
      await expect(ada.rest('DELETE', `/tasks/${low.id}`), 204)
      await focusIs('high')
      await expect(ada.rest('DELETE', `/tasks/${high.id}`), 204)
      await eventually(async () => assert.notEqual(await board.page.evaluate('document.activeElement.tagName'), 'BODY'))
    })

    it('[EO1] does so in the lists of files, videos and comments', async () => {
      for (const name of ['one.png', 'two.png']) await upload(server, ada, [{ name, content: await png() }])
      await board.page.getByRole('link', { name: 'Media' }).click()
      const [first, second] = ['two.png', 'one.png']
      await board.page.getByRole('listitem', { name: second }).waitFor()
      await board.page.getByRole('button', { name: `Actions on ${first}` }).press('Enter')
      await board.page.getByRole('menuitem', { name: 'Delete' }).press('Enter')
      await board.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
      await board.page.getByRole('listitem', { name: first }).waitFor({ state: 'detached' })
      await focusIs(second)
    })
  })

  it('[EO2] moves the focus to the first wrong field of a refused form, each time', async () => {
    const context = await browser().newContext()
    const page = await context.newPage()
    try {
      await page.goto(server.url)
      await page.getByRole('button', { name: 'Create account' }).click()
      await page.getByLabel('Email', { exact: true }).fill(ada.email)
      await page.getByLabel('Name', { exact: true }).fill('Ada')
      await page.getByLabel('Username', { exact: true }).fill('x')
      await page.getByLabel('Password', { exact: true }).fill('short')
      const name = () => page.evaluate('document.activeElement.labels?.[0]?.textContent')
      for (let time = 0; time < 2; time += 1) {
        await page.getByRole('button', { name: 'Create account' }).click()
        await eventually(async () => assert.equal((await page.locator('[aria-invalid=true]').count()) > 0, true))
        await eventually(async () =>
          assert.equal(
            await page.evaluate('document.activeElement === document.querySelector("[aria-invalid=true]")'),
            true,
            String(await name()),
          ),
        )
      }
    } finally {
      await context.close()
    }
    await board.page.getByRole('button', { name: 'New task' }).click()
    const title = board.page.getByRole('dialog').getByRole('textbox', { name: 'Title' })
    for (let time = 0; time < 2; time += 1) {
      await board.page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
      await eventually(async () =>
        assert.equal(await title.evaluate(one => one === one.ownerDocument.activeElement), true),
      )
    }
  })

  describe('during a composition', () => {
    /** A key event as browsers send it during a composition, and as Safari sends it at the end. */
    const kinds = [
      ['during a composition', { isComposing: true, keyCode: 13 }],
      ['at its end, in Safari', { isComposing: false, keyCode: 229 }],
    ] as const
    for (const [when, event] of kinds)
      it(`[EO3] leaves Enter and Escape ${when} to the composition`, async () => {
        await board.page.getByRole('button', { name: 'New task' }).click()
        const dialog = board.page.getByRole('dialog')
        const title = dialog.getByRole('textbox', { name: 'Title' })
        await title.fill('かな')
        for (const key of ['Enter', 'Escape'])
          await title.dispatchEvent('keydown', { key, bubbles: true, cancelable: true, ...event })
        await board.page.keyboard.type('!')
        assert.equal(await title.inputValue(), 'かな!')
        assert.equal((await ada.rest('GET', '/tasks')).body.results.length, 0)
        await dialog.getByRole('button', { name: 'Cancel' }).click()
        await board.page.getByRole('button', { name: 'Discard' }).click()
        await dialog.waitFor({ state: 'detached' })
        const search = board.page.getByRole('textbox', { name: 'Search' })
        await search.fill('ㅎ')
        await search.dispatchEvent('keydown', { key: 'Escape', bubbles: true, ...event })
        assert.equal(await search.inputValue(), 'ㅎ')
        await search.fill('')
      })

    it('[EO3] delays a search until the end of the composition', async () => {
      await create('한국')
      await board.card('한국').waitFor()
      const asked: string[] = []
      board.page.on('request', request => {
        const search = new URL(request.url()).searchParams.get('search')
        if (search !== null) asked.push(search)
      })
      const search = board.page.getByRole('textbox', { name: 'Search' })
      await search.focus()
      await board.page.clock.install()
      const devtools = await board.page.context().newCDPSession(board.page)
      await devtools.send('Input.imeSetComposition', { text: 'ㅎ', selectionStart: 1, selectionEnd: 1 })
      await devtools.send('Input.imeSetComposition', { text: '하', selectionStart: 1, selectionEnd: 1 })
      // Much longer than a search waits for further typing.
      await board.page.clock.runFor(5_000)
      assert.equal(asked.length, 0)
      await devtools.send('Input.insertText', { text: '한' })
      await board.page.clock.runFor(5_000)
      await eventually(async () => assert.ok(asked.includes('한')))
    })
  })

  it('[EO4] gives what people write its own direction', async () => {
    const title = 'שלום, world'
    await create(title, { description: 'مرحبا\n\n- نقطة' })
    await board.card(title).waitFor()
    const direction = (selector: string) =>
      board.page
        .locator(selector)
        .first()
        .evaluate(element => element.ownerDocument.defaultView.getComputedStyle(element).direction)
    // The element may be replaced at this moment.
    const isRight = (selector: string) =>
      eventually(async () => assert.equal(await direction(selector), 'rtl', selector))
    await isRight('.card-title')
    await board.card(title).press('Enter')
    const dialog = board.page.getByRole('dialog')
    await dialog.getByText('نقطة').waitFor()
    for (const selector of ['.markdown p', '.markdown li', '.title-input']) await isRight(selector)
    const strange = await dialog
      .locator('textarea, input:not([type]), input[type=text]')
      .evaluateAll(all => all.filter(one => one.getAttribute('dir') !== 'auto').map(one => one.outerHTML))
    assert.deepEqual(strange, [])
  })

  for (const viewport of [
    { width: 320, height: 256 },
    { width: 740, height: 340 },
  ])
    it(`[EO5] lets everything be scrolled to at ${viewport.width} × ${viewport.height}, as on a phone on its side or at 400 %`, async () => {
      for (let nth = 0; nth < 6; nth += 1) await create(`card ${nth}`)
      const low = await openBoard(browser(), server.url, ada, { viewport })
      try {
        const visible = async (name: string, height: number) => {
          const box = await low.page.locator(name).first().boundingBox()
          assert.ok(box && box.height >= height, `${name}: ${box?.height}`)
        }
        await visible('.cards', 120)
        const last = low.card('card 0')
        await last.scrollIntoViewIfNeeded()
        await last.click()
        const dialog = low.page.getByRole('dialog')
        // What comes late moves the buttons.
        for (const text of ['Nothing attached', 'Nobody has said anything yet']) await dialog.getByText(text).waitFor()
        for (const name of ['Save', 'Delete', 'Close']) {
          const button = dialog.getByRole('button', { name, exact: true })
          await button.scrollIntoViewIfNeeded()
          const box = (await button.boundingBox())!
          assert.ok(box.y >= 0 && box.y + box.height <= viewport.height && box.x + box.width <= viewport.width, name)
        }
        assert.equal(await low.page.evaluate('document.documentElement.scrollWidth > innerWidth'), false)
      } finally {
        await low.close()
      }
    })

  it('[EO6] shows by other means what it showed by colour when the system sets the colours', async () => {
    await create('chosen', { priority: 'high' })
    await create('other')
    const strict = await openBoard(browser(), server.url, ada, { forcedColors: 'active' })
    try {
      await strict.card('chosen').waitFor()
      await strict.page.getByRole('checkbox', { name: 'Select chosen' }).check()
      const style = (selector: string, name: string) =>
        strict.page
          .locator(selector)
          .first()
          .evaluate((one, key) => one.ownerDocument.defaultView.getComputedStyle(one).getPropertyValue(key), name)
      assert.notEqual(
        await style('.card.is-selected .card-face', 'border-top-width'),
        await style('.card:not(.is-selected) .card-face', 'border-top-width'),
      )
      assert.notEqual(await style('.priority-high .on', 'fill'), await style('.priority-high rect:not(.on)', 'fill'))
      assert.notEqual(
        await style('.bar nav a[aria-current]', 'background-color'),
        await style('body', 'background-color'),
      )
    } finally {
      await strict.close()
    }
  })

  it('[EO8] explains the keys for cards once, and not with each card', async () => {
    const created = ['one', 'two', 'three']
    for (const title of created) await create(title)
    for (const title of created) await board.card(title).waitFor()
    const hints = () => board.page.locator('[aria-description]').count()
    assert.ok((await hints()) <= 1)
    const [top = '', second = ''] = await board.titles('To do')
    await board.card(top).focus()
    await board.page.keyboard.press('ArrowDown')
    await focusIs(second)
    assert.equal(await hints(), 0)
  })

  it('[EO9] keeps a missed message under Notifications', async () => {
    await create('gone soon')
    await board.card('gone soon').waitFor()
    await board.card('gone soon').press('Delete')
    await board.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await board.page.locator('.toast').getByText('The task is deleted').waitFor()
    await board.page.getByRole('button', { name: 'Dismiss' }).click()
    await board.page.getByRole('link', { name: 'Notifications' }).click()
    await board.page.getByRole('button', { name: 'Messages of this page' }).click()
    await board.page.locator('.said').getByText('The task is deleted').waitFor()
  })

  it('[EO9] keeps a message at the edge of the page while a dialog opens', async () => {
    for (const title of ['gone too', 'still here']) {
      await create(title)
      await board.card(title).waitFor()
    }
    await board.card('gone too').press('Delete')
    await board.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await board.page.locator('.toast').getByText('The task is deleted').waitFor()
    await board.page.getByRole('dialog').waitFor({ state: 'detached' })
    await board.card('still here').focus()
    const places = await board.page.evaluate<number[]>(`new Promise(done => {
      const places = []
      const look = () => {
        const dialog = document.querySelector('dialog')
        if (dialog) places.push(document.querySelector('.toasts').getBoundingClientRect().right)
        places.length < 5 ? requestAnimationFrame(look) : done(places)
      }
      document.activeElement.click()
      look()
    })`)
    assert.deepEqual(new Set(places), new Set([1440 - 16]))
    await board.page.getByRole('button', { name: 'Dismiss' }).click()
    await board.page.keyboard.press('Escape')
  })

  it('[EO10] announces the place among all cards after a move by keyboard, also those that are not loaded', async () => {
    await server.query(
      `insert into tasks (title, status, position, created_by, updated_by)
       select 'task ' || n, 'review', n, $1, $1 from generate_series(1, 70) as n`,
      [ada.person.id],
    )
    await create('mover')
    await board.reopen()
    await board.card('mover').waitFor()
    await eventually(async () =>
      assert.match((await board.column('Review').locator('.count').textContent()) ?? '', /70/),
    )
    await board.card('mover').focus()
    for (const [key, announcement] of [
      ['Alt+ArrowRight', 'Moved to In progress, place 1 of 1'],
      ['Alt+ArrowRight', 'Moved to Review, place 1 of 71'],
      ['Alt+ArrowDown', 'Moved to Review, place 2 of 71'],
      ['Alt+ArrowUp', 'Moved to Review, place 1 of 71'],
      ['Alt+ArrowUp', 'Already first in Review'],
    ] as const) {
      await board.page.keyboard.press(key)
      await board.page.getByText(announcement, { exact: true }).waitFor()
    }
  })
})

import assert from 'node:assert/strict'
import { useBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { openLongColumn, type LongColumn } from '../support/long-column.ts'
import { expect, startServer, type TestServer } from '../support/server.ts'

const many = 1_200

describe('page: the focus and moves in long columns', () => {
  const browser = useBrowser()
  let server: TestServer
  let column: LongColumn

  before(async function () {
    this.timeout(120_000)
    server = await startServer({ page: true })
    column = await openLongColumn(browser(), server, await server.user('ada'), many)
  })
  after(async () => {
    await column?.board.close()
    await server?.close()
  })

  it('[LC2] leads by keys to cards that are not in the page yet', async () => {
    await column.scroll('To do', 0)
    await column.scroll('In progress', 0)
    await column.nth(1).focus()
    await column.board.page.keyboard.press('End')
    await column.focusIs(new RegExp(`^card ${many}\\b`))
    await eventually(() => column.isInSight(column.nth(many), 'To do'))
    await column.board.page.keyboard.press('ArrowUp')
    await column.focusIs(new RegExp(`^card ${many - 1}\\b`))
    await column.board.page.keyboard.press('ArrowRight')
    await column.focusIs(/^beside 300$/)
    await eventually(() => column.isInSight(column.board.card('beside 300'), 'In progress'))
    await column.board.page.keyboard.press('Home')
    await column.focusIs(/^beside 1$/)
    await column.board.page.keyboard.press('ArrowLeft')
    await column.focusIs(/^card 1\b/)
    await eventually(() => column.isInSight(column.nth(1), 'To do'))
    // As when a key is held down on a slow machine: several cards are passed in one frame.
    const devtools = await column.board.page.context().newCDPSession(column.board.page)
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 6 })
    await Promise.all(Array.from({ length: 60 }, () => column.board.page.keyboard.press('ArrowDown')))
    await column.focusIs(/^card 61\b/)
    await devtools.detach()
    await eventually(() => column.isInSight(column.nth(61), 'To do'))
  })

  it('[LC2] keeps the focus on its card while that is scrolled away, and leads back to it', async () => {
    await column.scroll('To do', 0)
    await column.nth(3).focus()
    await column.scroll('To do', 50_000)
    await eventually(async () => assert.ok((await column.items('To do').count()) > 8))
    await column.focusIs(/^card 3\b/)
    await column.board.page.keyboard.press('ArrowDown')
    await column.focusIs(/^card 4\b/)
    await eventually(() => column.isInSight(column.nth(4), 'To do'))
    await column.scroll('To do', 50_000)
    await column.board.page.keyboard.press('Enter')
    await column.board.page.getByRole('dialog').getByRole('textbox', { name: 'Title' }).waitFor()
    await column.board.page.keyboard.press('Escape')
    await column.board.page.getByRole('dialog').waitFor({ state: 'detached' })
    await column.focusIs(/^card 4\b/)
  })

  it('[EO1] [LC7] moves the focus to the next card after a deletion in a long column, also to one out of sight', async () => {
    await column.scroll('In progress', 0)
    await column.board.card('beside 10').focus()
    await column.scroll('In progress', 20_000)
    await column.board.card('beside 10').press('Delete')
    await column.board.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await column.focusIs(/^beside 11$/)
    const id = await column.idOf('beside 11')
    await column.scroll('In progress', 20_000)
    await expect(server.admin.rest('DELETE', `/tasks/${id}`), 204)
    await column.focusIs(/^beside 12$/)
    await column.board.page.keyboard.press('End')
    await column.focusIs(/^beside 300$/)
    await column.board.page.keyboard.press('Delete')
    await column.board.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await column.focusIs(/^beside 299$/)
  })

  it('[EO10] [LC7] announces the place among all cards after a move by keyboard in a long column, and keeps the card in sight', async () => {
    await column.scroll('To do', 0)
    await column.nth(1).focus()
    await column.board.page.keyboard.press('End')
    await column.focusIs(new RegExp(`^card ${many}\\b`))
    for (const [key, announcement] of [
      ['Alt+ArrowUp', `Moved to To do, place ${many - 1} of ${many}`],
      ['Alt+ArrowUp', `Moved to To do, place ${many - 2} of ${many}`],
      ['Alt+ArrowDown', `Moved to To do, place ${many - 1} of ${many}`],
      ['Alt+ArrowDown', `Moved to To do, place ${many} of ${many}`],
    ] as const) {
      await column.board.page.keyboard.press(key)
      await column.board.page.getByText(announcement, { exact: true }).waitFor()
      await column.focusIs(new RegExp(`^card ${many}\\b`))
      await eventually(() => column.isInSight(column.nth(many), 'To do'))
    }
  })

  it('[LC2] puts a card that its menu moves far to the top of the other column, with the focus', async () => {
    await column.scroll('In progress', 20_000)
    const card = await column.scrollTo(90_000)
    const title = (await card.getAttribute('aria-label'))!
    await card.focus()
    await card.press('m')
    await column.board.page.getByRole('menuitem', { name: 'Move to In progress' }).click()
    const moved = column.board.column('In progress').getByRole('listitem', { name: title, exact: true })
    await eventually(async () => assert.equal((await column.place(moved))[0], '1'))
    await moved.and(column.board.page.locator(':focus')).waitFor()
    await eventually(() => column.isInSight(moved, 'In progress'))
    await column.board.page.keyboard.press('Alt+ArrowLeft')
    await eventually(async () => assert.equal((await column.place(column.nth(1)))[0], '2'))
    await column.board.page.getByText(`Moved to To do, place 1 of ${many}`, { exact: true }).waitFor()
    await expect(server.admin.rest('DELETE', `/tasks/${await column.board.card(title).getAttribute('data-task')}`), 204)
    await eventually(async () => assert.equal((await column.place(column.nth(1)))[0], '1'))
  })

  it('[LC4] drags a card to a place to which its column must be scrolled, and keeps it in the page meanwhile', async () => {
    await column.scroll('To do', 0)
    await column.nth(5).waitFor()
    const { page } = column.board
    const box = (await column.list('To do').boundingBox())!
    const x = box.x + box.width / 2
    await column.nth(5).hover({ position: { x: 60, y: 20 } })
    await page.mouse.down()
    await page.mouse.move(x, box.y + box.height / 2, { steps: 3 })
    // The card with the focus stays in the page anyway.
    await column.nth(2).focus()
    const scrolled = () => column.list('To do').evaluate(element => element.scrollTop)
    let wiggle = 0
    await eventually(
      async () => {
        await page.mouse.move(x, box.y + box.height - 6 - (wiggle++ % 2))
        assert.ok((await scrolled()) > 3_000, `${await scrolled()}`)
      },
      { within: 20_000 },
    )
    assert.equal(await column.nth(5).count(), 1)
    await page.mouse.move(x, box.y + box.height / 2, { steps: 3 })
    const under = async () => [
      await scrolled(),
      await page.evaluate<string | undefined>(
        `document.elementFromPoint(${x}, ${box.y + box.height / 2})?.closest('.card')?.getAttribute('aria-label')`,
      ),
    ]
    // It may still scroll, and show nothing for a frame.
    const [, target] = await eventually(async () => {
      const seen = await under()
      assert.ok(seen[1])
      assert.deepEqual(await under(), seen)
      return seen as [number, string]
    })
    await page.mouse.up()
    const beside = target.split(' and')[0]!
    await eventually(async () => {
      const at = Number((await column.place(column.nth(5)))[0])
      const other = column.board.column('To do').getByRole('listitem', { name: target, exact: true })
      assert.equal(Math.abs(at - Number((await column.place(other))[0])), 1)
    })
    assert.ok(Number(/\d+/.exec(beside)![0]) > 20, beside)
  })

  it('[LC4] keeps a card in place that is dropped on its own place', async () => {
    await column.scroll('To do', 0)
    await column.nth(2).waitFor()
    const { page } = column.board
    const [one, two] = [await column.place(column.nth(2)), (await column.nth(2).boundingBox())!]
    await page.mouse.move(two.x + 40, two.y + 20)
    await page.mouse.down()
    await page.mouse.move(two.x + 40, two.y + 40, { steps: 4 })
    await page.mouse.move(two.x + 40, two.y + 24, { steps: 4 })
    await page.mouse.up()
    await eventually(async () => assert.equal(await page.locator('.is-dragging').count(), 0))
    assert.deepEqual(await column.place(column.nth(2)), one)
  })

  it('[LC2] gives the focus up after a click beside the cards, and does not return it', async () => {
    await column.scroll('To do', 0)
    await column.nth(3).focus()
    await column.board.page.getByRole('heading', { name: 'Review' }).click()
    const left = () => column.board.page.evaluate<boolean>('document.activeElement.closest(".card") === null')
    await eventually(async () => assert.ok(await left()))
    const id = await column.idOf('card 3')
    await column.scroll('In progress', 0)
    await expect(server.admin.rest('PATCH', `/tasks/${id}`, { status: 'in_progress' }), 200)
    await column.board.column('In progress').locator(`[data-task="${id}"]`).waitFor()
    assert.ok(await left())
  })

  it('[EO5] shows the card with the focus above the bar at the foot of a low window', async () => {
    try {
      await column.board.page.setViewportSize({ width: 320, height: 256 })
      await column.scroll('To do', 0)
      await column.nth(1).focus()
      for (let step = 0; step < 12; step += 1) {
        await column.board.page.keyboard.press('ArrowDown')
        const card = column.board.page.locator('.card:focus')
        const foot = (await column.board.page.getByRole('navigation').boundingBox())!.y
        await eventually(async () => {
          const { y, height } = (await card.boundingBox())!
          assert.ok(y + height <= foot + 1 && y >= -1, `${y} ${height} ${foot}`)
        })
      }
    } finally {
      await column.board.page.setViewportSize({ width: 1440, height: 900 })
    }
  })
})

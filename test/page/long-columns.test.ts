import assert from 'node:assert/strict'
import type { Locator } from 'playwright-core'
import { openBoard, type BoardWindow } from '../support/board-window.ts'
import { useBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { expect, startServer, type Client, type TestServer } from '../support/server.ts'

const many = 2_000

describe('page: columns of thousands of cards', () => {
  const browser = useBrowser()
  let server: TestServer
  let ada: Client
  let board: BoardWindow

  before(async function () {
    this.timeout(120_000)
    server = await startServer({ page: true })
    ada = await server.user('ada')
    // Titles of one to four lines, so that no two neighbours are equally high.
    await server.query(
      `insert into tasks (title, status, position, created_by, updated_by)
       select 'card ' || n || repeat(' and more words', (n * 7) % 11), 'todo', n, $1, $1 from generate_series(1, $2::int) as n`,
      [ada.person.id, many],
    )
    await server.query(
      `insert into tasks (title, status, position, created_by, updated_by)
       select 'beside ' || n, 'in_progress', n, $1, $1 from generate_series(1, 300) as n`,
      [ada.person.id],
    )
    board = await openBoard(browser(), server.url, ada)
    await loadAll(board, 'To do', many)
    await loadAll(board, 'In progress', 300)
  })
  after(async () => {
    await board?.close()
    await server?.close()
  })

  const list = (column: string, of = board) => of.column(column).locator('.cards')
  const items = (column: string, of = board) => of.column(column).getByRole('listitem')
  const nth = (n: number) => board.page.locator(`.card:is([aria-label="card ${n}"], [aria-label^="card ${n} "])`)
  const scroll = (column: Locator, top: number) =>
    column.evaluate((element, to) => element.scrollTo({ top: to, behavior: 'instant' }), top)
  const place = (card: Locator) =>
    card.evaluate(element => [element.getAttribute('aria-posinset'), element.getAttribute('aria-setsize')])
  const yOf = async (card: Locator) => (await card.boundingBox())!.y
  const focused = () => board.page.evaluate<string>('document.activeElement.getAttribute("aria-label") ?? ""')
  const focusIs = (title: RegExp) => eventually(async () => assert.match(await focused(), title))
  const order = async (titles: string[]) =>
    server.query<{ title: string; id: number }>(
      `select split_part(title, ' and', 1) as title from tasks where status = 'todo' and split_part(title, ' and', 1) = any($1)
       order by coalesce(sort_key, sort_key_of(position)) collate "C", id`,
      [titles],
    )

  const idOf = async (title: string) => {
    const found = await server.query<{ id: number }>('select id from tasks where title = $1 or title like $2', [
      title,
      `${title} %`,
    ])
    return found[0]!.id
  }

  /** By scrolling to the end, again and again. */
  async function loadAll(window: BoardWindow, column: string, count: number) {
    await eventually(
      async () => {
        await scroll(list(column, window), Number.MAX_SAFE_INTEGER)
        const last = items(column, window).last()
        assert.deepEqual(await place(last), [`${count}`, `${count}`])
        assert.equal(await window.column(column).getByRole('button', { name: 'Show more' }).count(), 0)
      },
      { within: 60_000 },
    )
  }

  /** Somewhere in the middle of the long column. @returns the card that stands in the middle of the sight then */
  async function scrollTo(top: number): Promise<Locator> {
    await scroll(list('To do'), top)
    const { x, y, width, height } = (await list('To do').boundingBox())!
    const title = await eventually(async () => {
      const found = await board.page.evaluate<string>(
        `document.elementFromPoint(${x + width / 2}, ${y + height / 2}).closest('.card')?.getAttribute('aria-label') ?? ''`,
      )
      assert.match(found, /^card/)
      assert.ok(Math.abs((await list('To do').evaluate(element => element.scrollTop)) - top) < 2_000)
      return found
    })
    return nth(Number(/\d+/.exec(title)![0]))
  }

  async function isInSight(card: Locator, column: string) {
    const [one, all] = [(await card.boundingBox())!, (await list(column).boundingBox())!]
    assert.ok(one.y >= all.y - 1 && one.y + one.height <= all.y + all.height + 1, JSON.stringify([one, all]))
  }

  it('[LC1] only what is near the sight is in the page, each with its true place', async () => {
    await scroll(list('To do'), 0)
    await nth(1).waitFor()
    assert.ok((await items('To do').count()) < 40, `${await items('To do').count()} cards`)
    assert.ok((await board.page.locator('*').count()) < 3_000)
    assert.deepEqual(await place(nth(1)), ['1', `${many}`])
    await scroll(list('To do'), 60_000)
    await nth(1).waitFor()
    await eventually(async () => {
      const places = await items('To do').evaluateAll(cards =>
        cards.map(card => [Number(card.getAttribute('aria-posinset')), card.getAttribute('aria-label')!]),
      )
      for (const [at, title] of places) assert.match(String(title), new RegExp(`^card ${at}\\b`))
      assert.ok(places.some(([at]) => Number(at) > 300) && places.length < 40, JSON.stringify(places))
    })
  })

  it('[LC1] cards are as high as what stands in them: none covers another, whatever the width and size of letters', async () => {
    const gaps = () =>
      items('To do').evaluateAll(cards => {
        const boxes = cards.map(card => ({ at: Number(card.dataset.index), ...card.getBoundingClientRect().toJSON() }))
        return boxes.slice(1).flatMap((box, at) => (box.at === boxes[at].at + 1 ? [box.top - boxes[at].bottom] : []))
      })
    const noneCovers = () =>
      eventually(async () => {
        const found = await gaps()
        assert.ok(found.length > 5 && found.every(gap => Math.abs(gap) <= 1), JSON.stringify(found))
      })
    try {
      for (const [size, width] of [
        ['100%', 1440],
        ['200%', 1440],
        ['100%', 360],
        ['200%', 320],
      ] as const) {
        await board.page.setViewportSize({ width, height: 900 })
        await board.page.evaluate(`document.documentElement.style.fontSize = '${size}'`)
        for (const top of [0, 40_000]) {
          await scroll(list('To do'), top)
          await noneCovers()
        }
      }
    } finally {
      await board.page.setViewportSize({ width: 1440, height: 900 })
      await board.page.evaluate(`document.documentElement.style.fontSize = ''`)
    }
  })

  it('[LC2] keys lead to cards that are not in the page yet', async () => {
    await scroll(list('To do'), 0)
    await scroll(list('In progress'), 0)
    await nth(1).focus()
    await board.page.keyboard.press('End')
    await focusIs(new RegExp(`^card ${many}\\b`))
    await eventually(() => isInSight(nth(many), 'To do'))
    await board.page.keyboard.press('ArrowUp')
    await focusIs(new RegExp(`^card ${many - 1}\\b`))
    await board.page.keyboard.press('ArrowRight')
    await focusIs(/^beside 300$/)
    await eventually(() => isInSight(board.card('beside 300'), 'In progress'))
    await board.page.keyboard.press('Home')
    await focusIs(/^beside 1$/)
    await board.page.keyboard.press('ArrowLeft')
    await focusIs(/^card 1\b/)
    await eventually(() => isInSight(nth(1), 'To do'))
    for (let step = 0; step < 60; step += 1) await board.page.keyboard.press('ArrowDown')
    await focusIs(/^card 61\b/)
    await eventually(() => isInSight(nth(61), 'To do'))
  })

  it('[LC2] the card with the focus keeps it while it is scrolled away, and leads back to itself', async () => {
    await scroll(list('To do'), 0)
    await nth(3).focus()
    await scroll(list('To do'), 50_000)
    await eventually(async () => assert.ok((await items('To do').count()) > 8))
    await focusIs(/^card 3\b/)
    await board.page.keyboard.press('ArrowDown')
    await focusIs(/^card 4\b/)
    await eventually(() => isInSight(nth(4), 'To do'))
    await scroll(list('To do'), 50_000)
    await board.page.keyboard.press('Enter')
    await board.page.getByRole('dialog').getByRole('textbox', { name: 'Title' }).waitFor()
    await board.page.keyboard.press('Escape')
    await board.page.getByRole('dialog').waitFor({ state: 'detached' })
    await focusIs(/^card 4\b/)
  })

  it('[EO1] [LC7] after a deletion in a long column the next card has the focus, also one that was out of sight', async () => {
    await scroll(list('In progress'), 0)
    await board.card('beside 10').focus()
    await scroll(list('In progress'), 20_000)
    await board.card('beside 10').press('Delete')
    await board.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await focusIs(/^beside 11$/)
    const id = await idOf('beside 11')
    await scroll(list('In progress'), 20_000)
    await expect(server.admin.rest('DELETE', `/tasks/${id}`), 204)
    await focusIs(/^beside 12$/)
    await board.page.keyboard.press('End')
    await focusIs(/^beside 300$/)
    await board.page.keyboard.press('Delete')
    await board.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await focusIs(/^beside 299$/)
  })

  it('[EO10] [LC7] a move by keyboard in a long column tells the place among all, and the card stays in sight', async () => {
    await scroll(list('To do'), 0)
    await nth(1).focus()
    await board.page.keyboard.press('End')
    await focusIs(new RegExp(`^card ${many}\\b`))
    for (const [key, said] of [
      ['Alt+ArrowUp', `Moved to To do, place ${many - 1} of ${many}`],
      ['Alt+ArrowUp', `Moved to To do, place ${many - 2} of ${many}`],
      ['Alt+ArrowDown', `Moved to To do, place ${many - 1} of ${many}`],
      ['Alt+ArrowDown', `Moved to To do, place ${many} of ${many}`],
    ] as const) {
      await board.page.keyboard.press(key)
      await board.page.getByText(said, { exact: true }).waitFor()
      await focusIs(new RegExp(`^card ${many}\\b`))
      await eventually(() => isInSight(nth(many), 'To do'))
    }
  })

  it('[LC2] a card moved far by its menu goes to the top of the other column, with the focus', async () => {
    await scroll(list('In progress'), 20_000)
    const card = await scrollTo(90_000)
    const title = (await card.getAttribute('aria-label'))!
    await card.focus()
    await card.press('m')
    await board.page.getByRole('menuitem', { name: 'Move to In progress' }).click()
    const moved = board.column('In progress').getByRole('listitem', { name: title, exact: true })
    await eventually(async () => assert.equal((await place(moved))[0], '1'))
    assert.equal(await focused(), title)
    await eventually(() => isInSight(moved, 'In progress'))
    await board.page.keyboard.press('Alt+ArrowLeft')
    await eventually(async () => assert.equal((await place(nth(1)))[0], '2'))
    await board.page.getByText(`Moved to To do, place 1 of ${many}`, { exact: true }).waitFor()
    await expect(server.admin.rest('DELETE', `/tasks/${await board.card(title).getAttribute('data-task')}`), 204)
    await eventually(async () => assert.equal((await place(nth(1)))[0], '1'))
  })

  it('[LC3] what one reads stays where it is while others put cards above it', async () => {
    const reading = await scrollTo(70_000)
    const [was, at] = [await yOf(reading), Number((await place(reading))[0])]
    const [{ id } = { id: 0 }] = await server.query<{ id: number }>(
      `select id from tasks where status = 'todo' order by coalesce(sort_key, sort_key_of(position)) collate "C" limit 1`,
    )
    for (const title of ['above one', 'above two']) {
      const task = { title: `${title} ${'with words '.repeat(20)}`, before_id: id }
      await expect(server.admin.rest('POST', '/tasks', task), 201)
    }
    await eventually(async () => assert.equal(Number((await place(reading))[0]), at + 2))
    await eventually(async () => assert.ok(Math.abs((await yOf(reading)) - was) <= 2, `${await yOf(reading)} ${was}`))
    await scroll(list('To do'), 0)
    await items('To do').filter({ hasText: 'above two' }).waitFor()
  })

  it('[LC3] what somebody else has just changed is marked also when it comes into sight only then', async () => {
    const id = await idOf('card 1999')
    const priorities = ['urgent', 'high']
    await eventually(async () => {
      // A mark lasts four seconds: on a slow machine one tries again.
      priorities.reverse()
      await scroll(list('To do'), 0)
      await expect(server.admin.rest('PATCH', `/tasks/${id}`, { priority: priorities[0] }), 200)
      await scroll(list('To do'), Number.MAX_SAFE_INTEGER)
      await nth(1999).and(board.page.locator('.is-fresh')).waitFor({ timeout: 3_000 })
    })
  })

  it('[LC6] a change touches its own card, and nothing when that is out of sight', async () => {
    await scroll(list('To do'), 0)
    await nth(3).waitFor()
    const [far, near] = [await idOf('card 1500'), await idOf('card 3')]
    await eventually(async () => assert.equal(await board.page.locator('.is-fresh').count(), 0))
    await board.page.evaluate(`
      globalThis.touched = new Set()
      new MutationObserver(records => {
        for (const { target } of records) {
          const element = target.nodeType === 1 ? target : target.parentElement
          touched.add(element.closest('.card')?.dataset.task ?? element.className)
        }
      }).observe(document.querySelector('.columns'),
        { subtree: true, childList: true, attributes: true, characterData: true })`)
    for (const priority of ['low', 'high', 'urgent']) {
      await expect(server.admin.rest('PATCH', `/tasks/${far}`, { priority }), 200)
    }
    await expect(server.admin.rest('PATCH', `/tasks/${near}`, { priority: 'urgent' }), 200)
    await nth(3).getByText('Urgent').waitFor()
    assert.deepEqual(await board.page.evaluate('[...touched]'), [String(near)])
  })

  it('[LC4] a card is dragged to where its column has to be scrolled to, and stays in the page meanwhile', async () => {
    await scroll(list('To do'), 0)
    await nth(5).waitFor()
    const { page } = board
    const box = (await list('To do').boundingBox())!
    const x = box.x + box.width / 2
    await nth(5).hover({ position: { x: 60, y: 20 } })
    await page.mouse.down()
    await page.mouse.move(x, box.y + box.height / 2, { steps: 3 })
    const scrolled = () => list('To do').evaluate(element => element.scrollTop)
    let wiggle = 0
    await eventually(
      async () => {
        await page.mouse.move(x, box.y + box.height - 6 - (wiggle++ % 2))
        assert.ok((await scrolled()) > 3_000, `${await scrolled()}`)
      },
      { within: 20_000 },
    )
    assert.equal(await nth(5).count(), 1)
    await page.mouse.move(x, box.y + box.height / 2, { steps: 3 })
    const target = await page.evaluate<string>(
      `document.elementFromPoint(${x}, ${box.y + box.height / 2}).closest('.card').getAttribute('aria-label')`,
    )
    await page.mouse.up()
    const beside = target.split(' and')[0]!
    await eventually(async () => {
      const at = Number((await place(nth(5)))[0])
      const other = board.column('To do').getByRole('listitem', { name: target, exact: true })
      assert.equal(Math.abs(at - Number((await place(other))[0])), 1)
    })
    assert.ok(Number(/\d+/.exec(beside)![0]) > 20, beside)
    assert.equal((await order(['card 5', 'card 20']))[0]?.title, 'card 20')
  })

  it('[LC4] a card that is dropped on its own place stays there', async () => {
    await scroll(list('To do'), 0)
    await nth(2).waitFor()
    const { page } = board
    const [one, two] = [await place(nth(2)), (await nth(2).boundingBox())!]
    await page.mouse.move(two.x + 40, two.y + 20)
    await page.mouse.down()
    await page.mouse.move(two.x + 40, two.y + 40, { steps: 4 })
    await page.mouse.move(two.x + 40, two.y + 24, { steps: 4 })
    await page.mouse.up()
    await eventually(async () => assert.equal(await page.locator('.is-dragging').count(), 0))
    assert.deepEqual(await place(nth(2)), one)
  })

  it('[LC2] whoever presses beside the cards has left them, and is not fetched back', async () => {
    await scroll(list('To do'), 0)
    await nth(3).focus()
    await board.page.getByRole('heading', { name: 'Review' }).click()
    const left = () => board.page.evaluate<boolean>('document.activeElement.closest(".card") === null')
    await eventually(async () => assert.ok(await left()))
    const id = await idOf('card 3')
    await scroll(list('In progress'), 0)
    await expect(server.admin.rest('PATCH', `/tasks/${id}`, { status: 'in_progress' }), 200)
    await board.column('In progress').locator(`[data-task="${id}"]`).waitFor()
    assert.ok(await left())
  })

  it('[EO5] in a low window the card with the focus is above what lies at the foot', async () => {
    try {
      await board.page.setViewportSize({ width: 320, height: 256 })
      await scroll(list('To do'), 0)
      await nth(1).focus()
      for (let step = 0; step < 12; step += 1) {
        await board.page.keyboard.press('ArrowDown')
        const card = board.page.locator('.card:focus')
        const foot = (await board.page.getByRole('navigation').boundingBox())!.y
        await eventually(async () => {
          const { y, height } = (await card.boundingBox())!
          assert.ok(y + height <= foot + 1 && y >= -1, `${y} ${height} ${foot}`)
        })
      }
    } finally {
      await board.page.setViewportSize({ width: 1440, height: 900 })
    }
  })
})

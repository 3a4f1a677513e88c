import assert from 'node:assert/strict'
import { useBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { openLongColumn, type LongColumn } from '../support/long-column.ts'
import { expect, startServer, type TestServer } from '../support/server.ts'

const many = 2_000

describe('page: columns of thousands of cards', () => {
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

  it('[LC1] holds only the cards near the visible part, each with its true place', async () => {
    await column.scroll('To do', 0)
    await column.nth(1).waitFor()
    assert.ok((await column.items('To do').count()) < 40, `${await column.items('To do').count()} cards`)
    assert.ok((await column.board.page.locator('*').count()) < 3_000)
    assert.deepEqual(await column.place(column.nth(1)), ['1', `${many}`])
    await column.scroll('To do', 60_000)
    await column.nth(1).waitFor()
    await eventually(async () => {
      const places = await column
        .items('To do')
        .evaluateAll(cards =>
          cards.map(card => [Number(card.getAttribute('aria-posinset')), card.getAttribute('aria-label')!]),
        )
      for (const [at, title] of places) assert.match(String(title), new RegExp(`^card ${at}\\b`))
      assert.ok(places.some(([at]) => Number(at) > 300) && places.length < 40, JSON.stringify(places))
    })
  })

  const gaps = () =>
    column.items('To do').evaluateAll(cards => {
      const boxes = cards.map(card => ({ at: Number(card.dataset.index), ...card.getBoundingClientRect().toJSON() }))
      return boxes.slice(1).flatMap((box, at) => (box.at === boxes[at].at + 1 ? [box.top - boxes[at].bottom] : []))
    })
  const noneCovers = () =>
    eventually(async () => {
      const found = await gaps()
      assert.ok(found.length > 5 && found.every(gap => Math.abs(gap) <= 1), JSON.stringify(found))
    })

  it('[LC1] makes each card as high as its content: none covers another, at any width and font size', async () => {
    try {
      for (const [size, width] of [
        ['100%', 1440],
        ['200%', 1440],
        ['100%', 360],
        ['200%', 320],
      ] as const) {
        await column.board.page.setViewportSize({ width, height: 900 })
        await column.board.page.evaluate(`document.documentElement.style.fontSize = '${size}'`)
        for (const top of [0, 40_000]) {
          await column.scroll('To do', top)
          await noneCovers()
        }
      }
    } finally {
      await column.board.page.setViewportSize({ width: 1440, height: 900 })
      await column.board.page.evaluate(`document.documentElement.style.fontSize = ''`)
    }
  })

  it('[LC3] keeps the cards that one reads in place while others put cards above them', async () => {
    const reading = await column.scrollTo(70_000)
    const [was, at] = [await column.yOf(reading), Number((await column.place(reading))[0])]
    const [{ id } = { id: 0 }] = await server.query<{ id: number }>(
      `select id from tasks where status = 'todo' order by coalesce(sort_key, sort_key_of(position)) collate "C" limit 1`,
    )
    for (const title of ['above one', 'above two']) {
      const task = { title: `${title} ${'with words '.repeat(20)}`, before_id: id }
      await expect(server.admin.rest('POST', '/tasks', task), 201)
    }
    await eventually(async () => assert.equal(Number((await column.place(reading))[0]), at + 2))
    await eventually(async () =>
      assert.ok(Math.abs((await column.yOf(reading)) - was) <= 2, `${await column.yOf(reading)} ${was}`),
    )
    await column.scroll('To do', 0)
    await column.items('To do').filter({ hasText: 'above two' }).waitFor()
  })

  it('[LC3] marks what somebody else has just changed when it comes into sight only later', async () => {
    const id = await column.idOf('card 1999')
    const priorities = ['urgent', 'high']
    await eventually(async () => {
      // A mark lasts four seconds: a slow machine may need several tries.
      priorities.reverse()
      await column.scroll('To do', 0)
      await expect(server.admin.rest('PATCH', `/tasks/${id}`, { priority: priorities[0] }), 200)
      await column.scroll('To do', Number.MAX_SAFE_INTEGER)
      await column.nth(1999).and(column.board.page.locator('.is-fresh')).waitFor({ timeout: 3_000 })
    })
  })

  it('[LC6] touches only the changed card in the page, and nothing when it is out of sight', async () => {
    await column.scroll('To do', 0)
    await column.nth(3).waitFor()
    const [far, near] = [await column.idOf('card 1500'), await column.idOf('card 3')]
    await eventually(async () => assert.equal(await column.board.page.locator('.is-fresh').count(), 0))
    await column.board.page.evaluate(`
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
    await column.nth(3).getByText('Urgent').waitFor()
    assert.deepEqual(await column.board.page.evaluate('[...touched]'), [String(near)])
  })

  it('[LC1] shows the cards at once after the return from another view, of long and short columns', async () => {
    const { page, column: region } = column.board
    await expect(server.admin.rest('POST', '/tasks', { title: 'alone', status: 'review' }), 201)
    await column.board.card('alone').waitFor()
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
    await page.getByRole('link', { name: 'Board', exact: true }).click()
    await region('To do').getByRole('listitem').first().waitFor()
    await column.board.card('alone').waitFor()
  })

  it('[LC3] does not let cards jump while one scrolls back over them after a change of width', async () => {
    const { page } = column.board
    try {
      await page.setViewportSize({ width: 1440, height: 900 })
      // Seen, with their real height at this width.
      for (let top = 30_000; top <= 33_000; top += 300) await column.scrollTo(top)
      await page.setViewportSize({ width: 500, height: 900 })
      const { x, y } = (await column.list('To do').boundingBox())!
      await page.mouse.move(x + 100, y + 300)
      await noneCovers()
      for (let turn = 0; turn < 20; turn += 1) {
        const middle = await column.inMiddle()
        const was = await column.yOf(middle)
        await page.mouse.wheel(0, -100)
        await eventually(async () => {
          const moved = (await column.yOf(middle)) - was
          assert.ok(Math.abs(moved - 100) <= 3, `by ${moved} in turn ${turn}`)
        })
      }
    } finally {
      await page.setViewportSize({ width: 1440, height: 900 })
    }
  })
})

import assert from 'node:assert/strict'
import type { Browser, Locator } from 'playwright-core'
import { openBoard, type BoardWindow } from './board-window.ts'
import { eventually } from './eventually.ts'
import type { Client, TestServer } from './server.ts'

type Place = [string | null, string | null]

/** A board with a long column "To do" (`card 1` …) beside one of 300 (`beside 1` …), all of it loaded. */
export interface LongColumn {
  board: BoardWindow
  /** The scrolling element of a column. */
  list(column: string): Locator
  items(column: string): Locator
  /** The card that was the nth of "To do". */
  nth(n: number): Locator
  idOf(title: string): Promise<number>
  scroll(column: string, top: number): Promise<void>
  /** The card of "To do" in the middle of the visible part. */
  inMiddle(): Promise<Locator>
  /** Scrolls to the middle of "To do". @returns the card in the middle of the visible part then */
  scrollTo(top: number): Promise<Locator>
  /** `aria-posinset` and `aria-setsize`; null where they are unknown. */
  place(card: Locator): Promise<Place>
  yOf(card: Locator): Promise<number>
  focusIs(title: RegExp): Promise<void>
  isInSight(card: Locator, column: string): Promise<void>
}

const beside = 300

async function fillColumns(server: TestServer, person: number, many: number) {
  // Titles of one to four lines, so that no two neighbours are equally high.
  await server.query(
    `insert into tasks (title, status, position, created_by, updated_by)
     select 'card ' || n || repeat(' and more words', (n * 7) % 11), 'todo', n, $1, $1 from generate_series(1, $2::int) as n`,
    [person, many],
  )
  await server.query(
    `insert into tasks (title, status, position, created_by, updated_by)
     select 'beside ' || n, 'in_progress', n, $1, $1 from generate_series(1, $2::int) as n`,
    [person, beside],
  )
}

export async function openLongColumn(
  browser: Browser,
  server: TestServer,
  who: Client,
  many: number,
): Promise<LongColumn> {
  await fillColumns(server, who.person.id, many)
  const board = await openBoard(browser, server.url, who)
  const list = (column: string) => board.column(column).locator('.cards')
  const items = (column: string) => board.column(column).getByRole('listitem')
  const nth = (n: number) => board.page.locator(`.card:is([aria-label="card ${n}"], [aria-label^="card ${n} "])`)
  const scroll = (column: string, top: number) =>
    list(column).evaluate((element, to) => element.scrollTo({ top: to, behavior: 'instant' }), top)
  const place = (card: Locator) =>
    card.evaluate(element => [element.getAttribute('aria-posinset'), element.getAttribute('aria-setsize')] as Place)

  /** By scrolling to the end, again and again. */
  const loadAll = (column: string, count: number) =>
    eventually(
      async () => {
        await scroll(column, Number.MAX_SAFE_INTEGER)
        assert.deepEqual(await place(items(column).last()), [`${count}`, `${count}`])
        assert.equal(await board.column(column).getByRole('button', { name: 'Show more' }).count(), 0)
      },
      { within: 60_000 },
    )
  async function inMiddle(): Promise<Locator> {
    const { x, y, width, height } = (await list('To do').boundingBox())!
    const middle = `document.elementFromPoint(${x + width / 2}, ${y + height / 2})`
    const title = await eventually(async () => {
      const found = await board.page.evaluate<string>(`${middle}.closest('.card')?.getAttribute('aria-label') ?? ''`)
      assert.match(found, /^card/)
      return found
    })
    return nth(Number(/\d+/.exec(title)![0]))
  }
  await loadAll('To do', many)
  await loadAll('In progress', beside)

  return {
    board,
    list,
    items,
    nth,
    scroll,
    place,
    async idOf(title) {
      const found = await server.query<{ id: number }>('select id from tasks where title = $1 or title like $2', [
        title,
        `${title} %`,
      ])
      return found[0]!.id
    },
    inMiddle,
    async scrollTo(top) {
      await scroll('To do', top)
      return await inMiddle()
    },
    yOf: async card => (await card.boundingBox())!.y,
    focusIs: title =>
      eventually(async () => {
        const label = 'document.activeElement.getAttribute("aria-label") ?? ""'
        assert.match(await board.page.evaluate<string>(label), title)
      }),
    async isInSight(card, column) {
      const [one, all] = [(await card.boundingBox())!, (await list(column).boundingBox())!]
      assert.ok(one.y >= all.y - 1 && one.y + one.height <= all.y + all.height + 1, JSON.stringify([one, all]))
    },
  }
}

import assert from 'node:assert/strict'
import { type BoardWindow, openBoard } from '../support/board-window.ts'
import { useBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'

const most = 10_000

describe('page: the number of a column', () => {
  const browser = useBrowser()
  let server: TestServer
  let ada: Client
  let board: BoardWindow

  before(async () => {
    server = await startServer({ page: true })
    ada = await server.user('ada')
    await server.query(
      `insert into tasks (title, status, position, created_by, updated_by)
       select 'card ' || n, 'review', n, $1, $1 from generate_series(1, $2::int) as n`,
      [ada.person.id, most],
    )
    board = await openBoard(browser(), server.url, ada)
  })
  after(async () => {
    await board?.close()
    await server?.close()
  })

  it('[LC8] is exact up to 10,000, then 10,000+, and cards announce no number of places then', async () => {
    const shows = (number: string, places: number) =>
      eventually(async () => {
        const column = board.column('Review')
        assert.equal(await column.locator('.count').innerText(), number)
        assert.equal(await column.getByRole('listitem').first().getAttribute('aria-setsize'), `${places}`)
      })
    await shows('10,000', most)
    const { body } = await expect(ada.rest('POST', '/tasks', { title: 'one more', status: 'review' }), 201)
    await shows('10,000+', -1)
    await expect(ada.rest('PATCH', `/tasks/${body.id}`, { status: 'done' }), 200)
    await shows('10,000', most)
  })
})

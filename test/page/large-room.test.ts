import assert from 'node:assert/strict'
import { openBoard, type BoardWindow } from '../support/board-window.ts'
import { useBrowser } from '../support/browser.ts'
import { type Client, startServer, type TestServer } from '../support/server.ts'
import { join, listen } from '../suites/sockets.ts'

describe('page: a large room', () => {
  const browser = useBrowser()
  let server: TestServer
  let ada: Client
  let grace: Client

  before(async function () {
    this.timeout(120_000)
    server = await startServer({ page: true, tuning: { roomSizes: { above: 1, below: 2, stayMs: 0 } } })
    ada = await server.user('ada')
    grace = await server.user('grace')
  })
  after(() => server?.close())

  for (const viewport of [
    { width: 360, height: 740 },
    { width: 1440, height: 900 },
  ]) {
    describe(`at ${viewport.width} px`, () => {
      let board: BoardWindow
      before(async () => {
        board = await openBoard(browser(), server.url, ada, { viewport })
      })
      after(() => board?.close())

      it('[PG40] shows the number of people in place of their faces, and the faces when it is large no more', async () => {
        const faces = board.page.getByRole('list', { name: 'Here now' })
        await faces.getByText(ada.person.name).waitFor()
        const { socket } = await listen(grace)
        await join(socket, ['tasks'])
        await board.page.getByText('2 people here').waitFor()
        assert.equal(await faces.count(), 0)
        assert.equal(await board.page.evaluate('document.documentElement.scrollWidth > innerWidth'), false)
        await socket.emitWithAck('leave_room', { room: 'tasks' })
        await faces.getByText(ada.person.name).waitFor()
      })
    })
  }
})

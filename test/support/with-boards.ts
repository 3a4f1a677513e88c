import type { BrowserContextOptions } from 'playwright-core'
import { type BoardWindow, openBoard } from './board-window.ts'
import { useBrowser } from './browser.ts'
import { type Client, startServer, type TestServer } from './server.ts'

type Each<Names extends readonly string[], T> = { -readonly [K in keyof Names]: T }

interface Boards<Names extends readonly string[]> {
  server: TestServer
  people: Each<Names, Client>
  /** One for each of the people, who are signed in. */
  windows: Each<Names, BoardWindow>
}

interface Shown<Names> {
  people: Names
  shown?: BrowserContextOptions
}

/**
 * For the tests of one file: starts a server with the page, registers people by these names (`admin` is the
 * administrator) and opens a window for each, with the options `shown`. Calls `take` with all that, and closes it after
 * the tests.
 */
export function withBoards<const Names extends readonly string[]>(
  { people: names, shown, ...options }: Parameters<typeof startServer>[0] & Shown<Names>,
  take: (boards: Boards<Names>) => void,
): void {
  const browser = useBrowser()
  let server: TestServer | undefined
  const windows: BoardWindow[] = []

  before(async function () {
    this.timeout(120_000)
    server = await startServer({ page: true, ...options })
    const people: Client[] = []
    for (const name of names) people.push(name === 'admin' ? server.admin : await server.user(name))
    for (const person of people) windows.push(await openBoard(browser(), server.url, person, shown))
    take({ server, people, windows } as unknown as Boards<Names>)
  })
  after(async () => {
    await Promise.all(windows.map(window => window.close()))
    await server?.close()
  })
}

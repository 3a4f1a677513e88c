import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { password, type Client } from './server.ts'

/** One person's board in a browser of its own, with elements found as a screen reader finds them. */
export interface BoardWindow {
  page: Page
  column(name: string): Locator
  card(title: string): Locator
  /** The titles of the cards of a column, from the top. */
  titles(column: string): Promise<string[]>
  status: Locator
  /** Opens the page again, still signed in: much faster than signing in for each test. */
  reopen(): Promise<void>
  setOffline(offline: boolean): Promise<void>
  close(): Promise<void>
}

export async function openBoard(
  browser: Browser,
  url: string,
  who: Client,
  options: BrowserContextOptions = {},
): Promise<BoardWindow> {
  // Without motion: drawing it took a fifth of the processor time of these tests, and clicks wait for its end.
  const still = { viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' } as const
  const context = await browser.newContext({ ...still, ...options })
  context.setDefaultTimeout(30_000)
  const page = await context.newPage()
  await page.goto(url)
  await page.getByRole('textbox', { name: 'Email' }).fill(who.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  const column = (name: string) => page.getByRole('region', { name, exact: true })
  const status = page.getByRole('status')
  const ready = async () => {
    await status.getByText('Live', { exact: true }).waitFor()
    await column('To do').locator('[aria-busy=false]').waitFor()
  }
  await ready()
  return {
    page,
    column,
    card: title => page.getByRole('listitem', { name: title, exact: true }),
    titles: name =>
      column(name)
        .getByRole('listitem')
        .evaluateAll(cards => cards.map(card => card.getAttribute('aria-label') ?? '')),
    status,
    reopen: async () => {
      await page.evaluate('history.replaceState(null, "", "/")')
      await page.reload()
      await ready()
    },
    setOffline: offline => context.setOffline(offline),
    close: () => context.close(),
  }
}

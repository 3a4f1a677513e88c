import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { faultsInBoth, viewports } from './axe.ts'
import { openBoard, type BoardWindow } from './board-window.ts'
import { useBrowser } from './browser.ts'
import type { Client, TestServer } from './server.ts'

/** The actions of a person, on elements found as a screen reader finds them. */
const handsOn = (page: Page) => ({
  page,
  goTo: (address: string) => page.evaluate(`location.hash = ${JSON.stringify(address)}`),
  press: (name: string | RegExp) => page.getByRole('button', { name, exact: true }).last().click(),
  menuOf: (card: string) =>
    page
      .getByRole('listitem', { name: card, exact: true })
      .getByRole('button', { name: 'Actions' })
      .click({ force: true }),
  pick: (name: string) => page.getByRole('menuitem', { name, exact: true }).click(),
  fill: (name: string, text: string) => page.getByRole('textbox', { name, exact: true }).fill(text),
  combo: (name: string, text: string) => page.getByRole('combobox', { name, exact: true }).fill(text),
  see: (text: string) => page.getByText(text).first().waitFor(),
})

/** States of views and dialogs during use, by name, with the actions that lead there from a newly opened board. */
export type States = Record<string, (hands: ReturnType<typeof handsOn>) => Promise<unknown>>

/** Tests that axe finds nothing in any of these states, light and dark, at the narrowest width. */
export function axeFindsNothing(states: States, server: () => TestServer, who: () => Client): void {
  const browser = useBrowser()
  const viewport = viewports.at(-1)!
  let board: BoardWindow
  before(async () => {
    board = await openBoard(browser(), server().url, who(), { viewport })
  })
  after(() => board?.close())

  for (const [name, reach] of Object.entries(states))
    it(`[EO7] finds nothing in ${name}`, async function () {
      this.timeout(60_000)
      await board.page.evaluate('localStorage.clear()')
      await board.reopen()
      await reach(handsOn(board.page))
      assert.deepEqual(await faultsInBoth(board.page), [])
      // One element shows the status of the page, whatever is open.
      assert.equal(await board.page.getByRole('status').count(), 1)
    })
}

import { chromium, type Browser } from 'playwright-core'
import { findChromium } from './chromium.ts'

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** @throws Error which says how to get one, when there is no browser */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = await findChromium()
  if (!executablePath) throw new Error('no Chromium was found: set CHROMIUM_PATH')
  return await chromium.launch({ executablePath, args })
}

let shared: Promise<Browser> | undefined

/** Called once, after all tests. */
export async function closeSharedBrowser(): Promise<void> {
  const browser = await shared?.catch(() => undefined)
  shared = undefined
  await browser?.close()
}

/**
 * The one browser of the run, for the tests of one file. Without a browser the tests are pending, and say so on the
 * screen; in CI that is a failure, because there nobody reads the screen.
 */
export function useBrowser(): () => Browser {
  let browser: Browser | undefined

  before(async function () {
    this.timeout(60_000)
    try {
      browser = await (shared ??= launchBrowser())
    } catch (error) {
      shared = undefined
      if (process.env.CI) throw error
      console.warn(`\n    NOT RUN: ${String(error)}\n`)
      this.skip()
    }
  })

  return () => browser!
}

import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Browsers that may be there, the wanted one first. The last one lies in a package, and is unpacked when it is asked for. */
const places: (() => Promise<string | undefined>)[] = [
  async () => process.env.CHROMIUM_PATH,
  async () => '/usr/bin/chromium',
  async () => (await import('@sparticuz/chromium')).default.executablePath(),
]

/** @throws Error which says what was tried, when there is no browser */
export async function launchBrowser(): Promise<Browser> {
  const complaints: string[] = []
  for (const place of places) {
    try {
      const executablePath = await place()
      if (executablePath === undefined || !existsSync(executablePath)) continue
      return await chromium.launch({ executablePath, args })
    } catch (error) {
      complaints.push(String(error))
    }
  }
  throw new Error(`no Chromium could be started: set CHROMIUM_PATH\n${complaints.join('\n')}`)
}

let shared: Promise<Browser> | undefined

/** Called once, when all tests are over. */
export async function closeSharedBrowser(): Promise<void> {
  const browser = await shared?.catch(() => undefined)
  shared = undefined
  await browser?.close()
}

/**
 * The one browser of the run, for the tests of one file. Without one they are pending, and say so on the screen; in CI
 * that is a failure, because there nobody reads the screen.
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

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

/**
 * Browsers that may exist, in order of preference. The last one is in a package and is unpacked into the temporary
 * folder; scripts/suite.mjs does that once for all its processes.
 */
const places: (() => Promise<string | undefined>)[] = [
  async () => process.env.CHROMIUM_PATH,
  async () => '/usr/bin/chromium',
  async () => process.env.UNPACKED_CHROMIUM ?? (await import('@sparticuz/chromium')).default.executablePath(),
]

/** @throws Error with what was tried, when no browser starts */
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

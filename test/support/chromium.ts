import { existsSync } from 'node:fs'

/**
 * The path of Chromium: the one that CHROMIUM_PATH names, the machine's, or the one in a package, which is unpacked into
 * the temporary folder when it is not there yet. Undefined when there is none.
 */
export async function findChromium(): Promise<string | undefined> {
  const { CHROMIUM_PATH } = process.env
  if (CHROMIUM_PATH) return CHROMIUM_PATH
  if (existsSync('/usr/bin/chromium')) return '/usr/bin/chromium'
  return await (await import('@sparticuz/chromium')).default.executablePath().catch(() => undefined)
}

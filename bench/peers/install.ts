import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { say } from '../figures.ts'

/** Has a package.json and a lockfile of its own, so that nothing of it comes with the product. */
const home = fileURLToPath(new URL('..', import.meta.url))

/**
 * Installs what bench/package-lock.json lists, without running programs of the packages, unless it is there already.
 *
 * @throws when npm cannot install it
 */
export function installPeers(): void {
  if (missing() === undefined) return
  say(`${missing()}: running npm ci in bench/, once (about ten seconds)`)
  const args = ['ci', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error']
  // Standard output belongs to the results.
  spawnSync('npm', args, { cwd: home, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
  const still = missing()
  if (still !== undefined) throw new Error(`npm ci in bench/ failed: ${still}. Is the registry reachable?`)
}

/** What of the lockfile is not installed in its version, or undefined. */
function missing(): string | undefined {
  const { packages } = JSON.parse(readFileSync(path.join(home, 'package-lock.json'), 'utf8'))
  for (const [folder, { version, optional, peer }] of Object.entries<any>(packages)) {
    if (folder === '' || optional || peer) continue
    const found = versionIn(folder)
    if (found !== version) return `bench/${folder} is ${found ?? 'absent'}, bench/package-lock.json wants ${version}`
  }
}

function versionIn(folder: string): string | undefined {
  try {
    return JSON.parse(readFileSync(path.join(home, folder, 'package.json'), 'utf8')).version
  } catch {
    return undefined
  }
}

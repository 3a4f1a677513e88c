import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import type { Logger } from '../kernel/logger.ts'
import { compressPage } from './compression.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** Everything that becomes part of the page. */
const SOURCES = ['client-demo/**', 'sdk/**', 'contract/**', 'server/page/**', 'package-lock.json']
const builds = path.join(root, 'dist', 'page')
const DAY_MS = 24 * 3600 * 1000

/**
 * Builds the page unless a build of exactly these sources exists, and returns the folder to serve. Returns null when it
 * cannot be built, because a server without the page still serves all other clients. Each build has its own folder,
 * named by the hash of its sources: simultaneous builds do not collide, and a running process keeps the files that its
 * clients load.
 */
export async function ensurePage({ log }: { log: Logger }): Promise<string | null> {
  if (!existsSync(path.join(root, 'client-demo', 'vite.config.ts'))) return null
  try {
    const page = path.join(builds, hashSources())
    if (existsSync(page)) return page
    const start = Date.now()
    await mkdir(builds, { recursive: true })
    await removeOldBuilds()
    const temporary = path.join(builds, `draft-${randomBytes(6).toString('hex')}`)
    await runVite(temporary)
      .then(() => compressPage(temporary))
      .then(() => rename(temporary, page))
      .catch(error => useBuildOfOthers(temporary, page, error))
    log.info({ ms: Date.now() - start }, 'page built')
    return page
  } catch (error) {
    const reason = stripVTControlCharacters((error as Error).message)
      .split('\n')
      .slice(0, 12)
      .join('\n')
    log.error(`the page could not be built, going on without it: ${reason}`)
    return null
  }
}

/** Synchronously: that is three times as fast, and nobody is served yet. */
function hashSources(): string {
  const files = globSync(SOURCES, { cwd: root, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name))
  const hash = createHash('sha256')
  for (const file of files.toSorted()) {
    const content = readFileSync(file)
    hash.update(`${path.relative(root, file)}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex').slice(0, 20)
}

/** In a process of its own: Vite sets NODE_ENV and keeps some 100 MB of memory, and the server should have neither. */
function runVite(outDir: string): Promise<void> {
  const args = [path.join(root, 'node_modules/vite/bin/vite.js'), 'build', 'client-demo', '--outDir', outDir]
  args.push('--config', 'client-demo/vite.config.ts', '--configLoader', 'native', '--emptyOutDir', '--logLevel', 'warn')
  return new Promise((resolve, reject) => {
    // Whatever mode the server runs in: any other value yields React's development build, which is slower and logs
    // much.
    const env = { ...process.env, NODE_ENV: 'production' }
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'ignore', 'pipe'] })
    const complaint = text(child.stderr)
    child.on('error', reject)
    child.on('close', async code => (code === 0 ? resolve() : reject(new Error(`vite build: ${await complaint}`))))
  })
}

/** Another process may have finished a build of the same sources first; then its build is used. */
async function useBuildOfOthers(temporary: string, page: string, error: unknown): Promise<void> {
  await rm(temporary, { recursive: true, force: true })
  if (!existsSync(page)) throw error
}

/** Does not delete the builds of today, which another process may be serving or writing. */
async function removeOldBuilds(): Promise<void> {
  for (const name of await readdir(builds)) {
    const build = path.join(builds, name)
    const { mtimeMs } = await stat(build)
    if (Date.now() - mtimeMs > DAY_MS) await rm(build, { recursive: true, force: true })
  }
}

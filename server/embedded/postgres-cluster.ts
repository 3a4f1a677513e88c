import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { StartError } from '../kernel/start-error.ts'
import type { PostgresBinaries } from './postgres-binaries.ts'
import type { PostgresHome } from './postgres-home.ts'

const TEMPORARY = 'data.new-'

/** The superuser of the embedded server, which owns everything: for migrations and for people. */
export const ROLE = 'taskwire'
/** The serving role: it works with the data and owns nothing. */
export const SERVING_ROLE = 'taskwire_server'
/** The files next to the cluster that hold the passwords of the roles, readable by their owner only. */
export const passwordFiles = { [ROLE]: 'password', [SERVING_ROLE]: 'server-password' } as const

/**
 * Makes sure that there is a cluster that this PostgreSQL can open, and returns the passwords of both roles. A kill may
 * interrupt each step: a cluster gets its name only when it is complete, and the passwords are written before that.
 */
export async function ensureCluster(
  home: PostgresHome,
  binaries: PostgresBinaries,
): Promise<{ password: string; servingPassword: string }> {
  const password = await ensurePassword(path.join(home.base, passwordFiles[ROLE]))
  const servingPassword = await ensurePassword(path.join(home.base, passwordFiles[SERVING_ROLE]))
  const existing = await readFile(path.join(home.data, 'PG_VERSION'), 'utf8').catch(whenMissing)
  if (existing === null) await createCluster(home, binaries, password)
  else refuseOtherMajor(existing.trim(), home, binaries)
  return { password, servingPassword }
}

function refuseOtherMajor(found: string, { data }: PostgresHome, { version }: PostgresBinaries): void {
  const major = version.split('.')[0]
  if (found === major) return
  throw new StartError(
    `The database in ${data} was made by PostgreSQL ${found}; this release carries ${version}.\n` +
      `Dump it with PostgreSQL ${found} (or start the release that made it and take a backup), then start on an empty DATA_DIR.`,
  )
}

async function ensurePassword(file: string): Promise<string> {
  const found = await readFile(file, 'utf8').catch(whenMissing)
  if (found) return found
  const password = randomBytes(24).toString('base64url')
  await writeFile(`${file}.new`, password, { mode: 0o600, flush: true })
  await rename(`${file}.new`, file)
  return password
}

async function createCluster(home: PostgresHome, binaries: PostgresBinaries, password: string): Promise<void> {
  for (const leftover of await readdir(home.base)) {
    if (leftover.startsWith(TEMPORARY))
      await rm(path.join(home.base, leftover), { recursive: true }).catch(() => undefined)
  }
  // A new name each time, because the initdb of a killed start may still be writing to the last folder.
  const temporary = path.join(home.base, TEMPORARY + randomBytes(4).toString('hex'))
  const passwordFile = `${temporary}.password`
  await mkdir(temporary, { mode: 0o700 })
  await writeFile(passwordFile, password, { mode: 0o600 })
  const { uid, gid } = home.user
  if (uid !== undefined && gid !== undefined) {
    for (const handedOver of [temporary, passwordFile]) await chown(handedOver, uid, gid)
  }
  const locale = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'
  const access = ['-U', ROLE, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`]
  await run(home, binaries.initdb, ['-D', temporary, ...access, '-E', 'UTF8', `--locale=${locale}`])
  await rm(passwordFile)
  await rename(temporary, home.data)
}

/** In a session of its own: a Ctrl-C in the first second must stop the start in order and not leave initdb half-way. */
function run(home: PostgresHome, program: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...home.user, cwd: '/', detached: true, stdio: ['ignore', 'ignore', 'pipe'] })
    const complaint = text(child.stderr)
    child.on('error', reject)
    child.on('close', async code => {
      if (code === 0) resolve()
      else reject(new StartError(`The embedded database could not be created in ${home.base}:\n${await complaint}`))
    })
  })
}

function whenMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}

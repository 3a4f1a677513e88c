import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { StartError } from '../kernel/start-error.ts'
import { tryFolderLock } from './folder-lock.ts'

export interface DataDirClaim {
  /** Writes down the address of this process, for the message that a second start shows. */
  announce(url: string): Promise<void>
  release(): Promise<void>
}

const ownerShape = z.object({ pid: z.number(), url: z.string() })
const ownerFile = (dir: string) => path.join(dir, 'server.json')

/**
 * Creates the data folder. Other users may pass through it (0711), because PostgreSQL runs as another user under root.
 */
async function createDataDir(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o711 })
    const { mode, uid } = await stat(dir)
    if (uid === process.getuid?.() && (mode & 0o011) !== 0o011) await chmod(dir, (mode & 0o777) | 0o011)
  } catch (error) {
    throw new StartError(`The data folder ${dir} cannot be used: ${(error as Error).message}`)
  }
}

/**
 * Makes this process the only one on `dir` until it releases the folder or dies. Creates the folder when it is missing.
 *
 * @throws {StartError} when another process has it
 */
export async function claimDataDir(dir: string): Promise<DataDirClaim> {
  await createDataDir(dir)
  const unlock = await tryFolderLock(dir)
  if (!unlock) throw new StartError(await describeOwner(dir))
  // A file that a killed process left; from now on it would name the wrong process.
  await rm(ownerFile(dir), { force: true })
  return {
    async announce(url) {
      await writeFile(ownerFile(dir), JSON.stringify({ pid: process.pid, url }))
    },
    async release() {
      await rm(ownerFile(dir), { force: true })
      unlock()
    },
  }
}

async function describeOwner(dir: string): Promise<string> {
  const text = await readFile(ownerFile(dir), 'utf8').catch(() => 'null')
  const owner = ownerShape.safeParse(JSON.parse(text)).data
  const who = owner ? `a server that runs as process ${owner.pid} at ${owner.url}` : 'a server that is just starting'
  return `The data folder ${dir} is in use by ${who}.\nStop that one first, or set DATA_DIR to another folder.`
}

/**
 * Reads the key of backups, and generates it the first time. It is in a file of its own, because whoever keeps backups
 * elsewhere has to keep the key too.
 */
export async function loadBackupKey(dir: string): Promise<string> {
  await createDataDir(dir)
  const file = path.join(dir, 'backup.key')
  const key = (await readOrCreate(file, () => `${randomBytes(48).toString('base64url')}\n`)).trim()
  if (key.length < 32)
    throw new StartError(`${file} is damaged. Restore it: without it no backup of before can be read.`)
  return key
}

const secretsShape = z.object({ jwtSecret: z.string().min(32) })

/** The secrets that the server generates when they are not configured. */
export type Secrets = z.output<typeof secretsShape>

/** Reads the generated secrets, and generates them the first time. */
export async function loadSecrets(dir: string): Promise<Secrets> {
  await createDataDir(dir)
  const file = path.join(dir, 'secrets.json')
  const secrets = (): Secrets => ({ jwtSecret: randomBytes(48).toString('base64url') })
  return parseSecrets(file, await readOrCreate(file, () => JSON.stringify(secrets(), null, 2)))
}

/**
 * Several instances may do so at once on one folder: `link` fails when the file exists, so the first one wins and nobody
 * ever reads half a file.
 */
async function readOrCreate(file: string, create: () => string): Promise<string> {
  const found = await readFile(file, 'utf8').catch(whenMissing)
  if (found !== null) return found
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(temporary, create(), { mode: 0o600, flush: true })
  try {
    await link(temporary, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(temporary, { force: true })
  }
  return readFile(file, 'utf8')
}

function parseSecrets(file: string, text: string): Secrets {
  try {
    return secretsShape.parse(JSON.parse(text))
  } catch {
    throw new StartError(`${file} is damaged. Restore it, or delete it: everybody then has to sign in again.`)
  }
}

function whenMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw new StartError(`The generated secrets cannot be read: ${error.message}`)
}

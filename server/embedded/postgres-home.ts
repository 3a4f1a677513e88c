import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, realpath, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { StartError } from '../kernel/start-error.ts'

/** The user that PostgreSQL runs as; nothing set means the user of this process. It refuses to run as root. */
export interface PostgresUser {
  uid?: number
  gid?: number
}

export interface PostgresHome {
  /** The folder with the database cluster (`data`), its passwords, its port and its log. */
  base: string
  /** The cluster itself, PostgreSQL's PGDATA. */
  data: string
  user: PostgresUser
}

const NOBODY = 65534
/** Used only under root, and only when `nobody` cannot reach the data folder, for example below /root. */
const SHARED_STATE = '/var/lib/taskwire'

/**
 * Decides where the cluster of `dir` is and which user runs it. Under root that is `nobody`, or the owner of an
 * existing cluster, and each folder above must let that user pass. Where one does not, the cluster is put in a place of
 * its own, which is written down in `dir/location`. So it is found as long as `dir` exists, even after `dir` is moved.
 */
export async function choosePostgresHome(dir: string): Promise<PostgresHome> {
  await mkdir(dir, { recursive: true, mode: 0o711 })
  const base = await chooseBase(await realpath(dir))
  const data = path.join(base, 'data')
  const owner = await stat(data).catch(() => null)
  const ours = process.getuid?.()
  if (ours === 0) {
    const user = owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : { uid: NOBODY, gid: NOBODY }
    return { base, data, user }
  }
  if (owner && owner.uid !== ours) {
    throw new StartError(
      `The database in ${data} belongs to user ${owner.uid}: it was created by a start as root or as somebody else.\n` +
        'Start as that user, or set DATA_DIR to another folder.',
    )
  }
  return { base, data, user: {} }
}

async function chooseBase(dir: string): Promise<string> {
  if (process.getuid?.() !== 0) return dir
  await chmod(dir, 0o711)
  const location = path.join(dir, 'location')
  const recorded = await readFile(location, 'utf8').catch(() => null)
  if (recorded === null && (await everybodyMayPass(dir))) return dir
  if (recorded !== null) return findRecorded(location, recorded.trim())
  const base = path.join(SHARED_STATE, randomBytes(6).toString('hex'))
  await mkdir(base, { recursive: true })
  // Not with the mode of mkdir, which the umask reduces.
  for (const folder of [SHARED_STATE, base]) await chmod(folder, 0o711)
  await writeFile(location, `${base}\n`)
  return base
}

async function findRecorded(location: string, base: string): Promise<string> {
  if (await stat(base).catch(() => null)) return base
  // Going on would look as if all data were lost.
  throw new StartError(`${location} says that the database is in ${base}, and that is not there. Bring it back first.`)
}

/** Whether any user can reach the contents of this folder; the same test as the kernel's for "others". */
export async function everybodyMayPass(dir: string): Promise<boolean> {
  const { mode } = await stat(dir)
  if ((mode & 0o001) === 0) return false
  const parent = path.dirname(dir)
  return parent === dir || everybodyMayPass(parent)
}

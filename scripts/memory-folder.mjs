import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs'
import path from 'node:path'

const tmpfs = '/dev/shm'
const prefix = 'taskwire-test-'
const dayMs = 24 * 3600 * 1000
const enoughBytes = 4 * 2 ** 30

/**
 * A folder in memory that is removed when the process ends. Hundreds of databases are created and dropped in a run, and
 * on a disk that took a quarter of the time. Undefined when there is no such place, or too little space, or it does not
 * permit executing files.
 */
export function memoryFolder() {
  try {
    const mount = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .find(line => line.split(' ')[1] === tmpfs)
    const { bavail, bsize } = statfsSync(tmpfs)
    if (!mount?.includes(' tmpfs ') || mount.includes('noexec') || bavail * bsize < enoughBytes) return
    removeLeftovers()
    const folder = mkdtempSync(path.join(tmpfs, `${prefix}${process.pid}-`))
    // Under root PostgreSQL runs as another user, who must be able to pass through the folder.
    chmodSync(folder, 0o711)
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
    return folder
  } catch {
    return undefined
  }
}

/** Removes the folders of runs that were killed. Containers may share this place, and then not know each other's processes. */
function removeLeftovers() {
  for (const name of readdirSync(tmpfs)) {
    const pid = name.startsWith(prefix) && name.slice(prefix.length).split('-')[0]
    const folder = path.join(tmpfs, name)
    if (!pid || existsSync(`/proc/${pid}`)) continue
    try {
      if (Date.now() - statSync(folder).mtimeMs > dayMs) rmSync(folder, { recursive: true, force: true })
    } catch {
      // The folder of somebody else.
    }
  }
}

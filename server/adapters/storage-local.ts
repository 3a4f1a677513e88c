import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { FileStorage } from '../ports/storage.ts'
import { translateDiskError, whenMissing } from './disk-errors.ts'

/**
 * Files in a folder, which several instances may share. Temporary files have to be on the same file system, because a
 * file is put into the storage by renaming it, so that no partial file is ever visible.
 */
export function openLocalStorage(dir: string): FileStorage {
  const pathOf = (key: string) => {
    if (!isKey(key)) throw new Error(`no key of a file: ${key}`)
    return path.join(dir, key)
  }

  return {
    async put(key, from) {
      const target = pathOf(key)
      const folder = path.dirname(target)
      try {
        await sync(from)
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await rename(from, target)
        await sync(folder)
        // Another process may have created the folder, and then it is unknown whether the folder is on the disk yet.
        await sync(dir)
      } catch (error) {
        throw translateDiskError(error)
      }
    },

    async open(key, range) {
      const handle = await open(pathOf(key)).catch(whenMissing)
      return handle && handle.createReadStream(range)
    },

    async delete(keys) {
      for (const key of keys) await rm(pathOf(key), { force: true })
    },

    async *list() {
      for (const folder of await foldersOf(dir)) {
        for (const name of (await readdir(path.join(dir, folder)).catch(whenMissing)) ?? []) {
          const key = `${folder}/${name}`
          // Files of other programs (`.nfs…`, `lost+found`) are left alone.
          const found = isKey(key) && (await stat(path.join(dir, key)).catch(whenMissing))
          if (found && found.isFile()) yield { key, modified: found.mtime }
        }
      }
    },

    async check() {
      // The folder does not exist before the first upload.
      await mkdir(dir, { recursive: true, mode: 0o700 })
      const { bavail, bsize } = await statfs(dir)
      await writeAndRead(path.join(dir, checkName))
      return { freeBytes: bavail * bsize }
    },
  }
}

/** Not a storage key, so what a process that dies meanwhile leaves behind is nobody's file. */
const checkName = `.health-${randomUUID()}`

async function writeAndRead(file: string): Promise<void> {
  const token = randomUUID()
  try {
    await writeFile(file, token, { mode: 0o600 })
    if ((await readFile(file, 'utf8')) !== token)
      throw new Error('a value that was read differs from the one that was written')
  } finally {
    await rm(file, { force: true })
  }
}

const isKey = (key: string) => /^[a-z0-9]{2}\/[a-z0-9][a-z0-9.-]*$/.test(key)

const foldersOf = async (dir: string) =>
  ((await readdir(dir, { withFileTypes: true }).catch(whenMissing)) ?? [])
    .filter(entry => entry.isDirectory() && /^[a-z0-9]{2}$/.test(entry.name))
    .map(({ name }) => name)

/** Syncs a file, or the entries of a folder, to the disk. */
async function sync(file: string): Promise<void> {
  await using handle = await open(file)
  await handle.sync()
}

import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Drafts } from '../kernel/storage.ts'
import { translateDiskError, whenMissing } from './disk-errors.ts'

/** A folder for files that are being received. Not synced to the disk: whoever keeps one does that. */
export function createDrafts(dir: string): Drafts {
  return {
    async receive(from, most) {
      const file = path.join(dir, randomUUID())
      const hash = createHash('sha256')
      let size = 0
      let failure: unknown
      try {
        await mkdir(dir, { recursive: true, mode: 0o700 })
        await using handle = await open(file, 'wx', 0o600)
        for await (const chunk of from) {
          size += chunk.length
          if (failure || size > most) continue
          hash.update(chunk)
          await handle.writeFile(chunk).catch(error => (failure = error))
        }
        if (failure) throw failure
      } catch (error) {
        await rm(file, { force: true })
        throw translateDiskError(error)
      }
      if (size <= most) return { path: file, size, sha256: hash.digest('hex') }
      await rm(file, { force: true })
      return null
    },

    discard: async drafts => {
      for (const draft of drafts) await rm(draft.path, { force: true })
    },

    sweep: async before => {
      for (const name of (await readdir(dir).catch(whenMissing)) ?? []) {
        const file = path.join(dir, name)
        const found = await stat(file).catch(whenMissing)
        if (found && found.mtime < before) await rm(file, { force: true })
      }
    },
  }
}

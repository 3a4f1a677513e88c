import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { TemporaryFiles } from '../ports/storage.ts'
import { translateDiskError, whenMissing } from './disk-errors.ts'

/** Received bytes are written to the disk when the buffer holds this many. */
const fullBytes = 128 * 1024
/** A chunk of a request has 64 KB, sometimes twice as much. A chunk that does not fit is written on its own. */
const blockBytes = fullBytes + 64 * 1024
/** Buffers are used again. New ones for each file would be garbage that the collector takes long to free. */
const blocks: Buffer[] = []
const mostBlocks = 32

/**
 * A folder of temporary files for uploads that are being received. They are not synced to the disk; the storage that
 * keeps a file does that.
 */
export function createTemporaryFiles(dir: string): TemporaryFiles {
  return {
    async receive(from, most) {
      const file = path.join(dir, randomUUID())
      try {
        await mkdir(dir, { recursive: true, mode: 0o700 })
        await using handle = await open(file, 'wx', 0o600)
        const { size, sha256 } = await pour(from, most, handle)
        if (size <= most) return { path: file, size, sha256 }
      } catch (error) {
        await rm(file, { force: true })
        throw translateDiskError(error)
      }
      await rm(file, { force: true })
      return null
    },

    async write(parts) {
      const file = path.join(dir, randomUUID())
      const hash = createHash('sha256')
      let size = 0
      try {
        await mkdir(dir, { recursive: true, mode: 0o700 })
        await using handle = await open(file, 'wx', 0o600)
        for await (const part of parts) {
          const bytes = typeof part === 'string' ? Buffer.from(part) : part
          size += bytes.length
          hash.update(bytes)
          await handle.writeFile(bytes)
        }
        return { path: file, size, sha256: hash.digest('hex') }
      } catch (error) {
        await rm(file, { force: true })
        throw translateDiskError(error)
      }
    },

    discard: async files => {
      for (const { path: file } of files) await rm(file, { force: true })
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

/**
 * Writes a stream to a file, up to `most` bytes. Copies each chunk and keeps no reference to it, so that its producer
 * can reuse the memory. Reads the stream to its end even when the file is too large or the disk fails.
 *
 * @throws the error of the stream, or else the error of the disk
 */
async function pour(from: Readable, most: number, file: FileHandle): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256')
  const block = blocks.pop() ?? Buffer.allocUnsafeSlow(blockBytes)
  let filled = 0
  let size = 0
  let failure: unknown
  let writing: Promise<void> | undefined

  async function write(further?: Buffer) {
    try {
      await file.writeFile(block.subarray(0, filled))
      if (further) await file.writeFile(further)
    } catch (error) {
      failure = error
    }
    filled = 0
  }
  const take = (chunk: Buffer) => {
    size += chunk.length
    if (failure || size > most) return
    hash.update(chunk)
    const fits = chunk.copy(block, filled) === chunk.length
    if (fits) filled += chunk.length
    if (fits && filled < fullBytes) return
    from.pause()
    writing = write(fits ? undefined : Buffer.from(chunk)).finally(() => from.resume())
  }
  from.on('data', take)
  try {
    await finished(from, { writable: false }).finally(() => writing)
    if (size <= most) await write()
  } finally {
    // The stream may emit data after its end, when the block already belongs to another upload.
    from.off('data', take)
    if (blocks.length < mostBlocks) blocks.push(block)
  }
  if (failure) throw failure
  return { size, sha256: hash.digest('hex') }
}

import { open } from 'node:fs/promises'

/** Reads pieces of a file, so that the file is never in memory as a whole. */
export interface Pieces extends AsyncDisposable {
  size: number
  /** Shorter at the end of the file. */
  read(start: number, length: number): Promise<Buffer>
}

/** Reads mostly ask for a few bytes, and then for those after them. */
const windowBytes = 64 * 1024

export async function openPieces(path: string): Promise<Pieces> {
  const handle = await open(path)
  const { size } = await handle.stat()
  let held = { start: 0, bytes: Buffer.alloc(0) }
  const load = async (start: number, length: number) => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, start)
    return buffer.subarray(0, bytesRead)
  }
  return {
    size,
    async read(start, length) {
      if (start >= size) return Buffer.alloc(0)
      if (length > windowBytes) return load(start, length)
      if (start < held.start || Math.min(start + length, size) > held.start + held.bytes.length)
        held = { start, bytes: await load(start, windowBytes) }
      return held.bytes.subarray(start - held.start, start - held.start + length)
    },
    [Symbol.asyncDispose]: () => handle.close(),
  }
}

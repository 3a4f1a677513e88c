import { open } from 'node:fs/promises'

/** A file of which pieces are looked at, so that it never is in memory as a whole. */
export interface Pieces extends AsyncDisposable {
  size: number
  /** Shorter where the file ends. */
  read(start: number, length: number): Promise<Buffer>
}

export async function openPieces(path: string): Promise<Pieces> {
  const handle = await open(path)
  const { size } = await handle.stat()
  return {
    size,
    read: async (start, length) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, start)
      return buffer.subarray(0, bytesRead)
    },
    [Symbol.asyncDispose]: () => handle.close(),
  }
}

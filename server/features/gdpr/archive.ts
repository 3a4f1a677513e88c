import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'

/** A file of an archive; its content is asked for when everything before it is written. */
export interface Entry {
  name: string
  open(): Promise<Readable>
  /** What is packed already grows when it is packed again. */
  isPacked?: boolean
}

export interface Written {
  name: string
  size: number
  sha256: string
}

/**
 * A zip archive as it grows, one entry after the other, none of them in memory.
 *
 * @param last the last entry, which may list what was written before it
 */
export async function* zipOf(
  entries: AsyncIterable<Entry>,
  last: (written: readonly Written[]) => { name: string; content: string },
): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile()
  const output = zip.outputStream as Readable
  const written: Written[] = []
  let current: Readable | undefined
  const fail = (error: unknown) => void output.destroy(error as Error)
  zip.on('error', fail)

  const add = ({ name, open, isPacked = false }: Entry) =>
    new Promise<void>((resolve, reject) =>
      zip.addReadStreamLazy(name, { compress: !isPacked }, give => {
        open().then(
          content => {
            current = content
            const hash = createHash('sha256')
            let size = 0
            content.on('data', (chunk: Buffer) => {
              size += chunk.length
              hash.update(chunk)
            })
            // Flowing begins when the archive reads.
            content.pause()
            content.once('end', () => {
              written.push({ name, size, sha256: hash.digest('hex') })
              resolve()
            })
            content.once('error', reject)
            give(null, content)
          },
          (error: unknown) => {
            reject(error as Error)
            fail(error)
          },
        )
      }),
    )

  const all = async () => {
    for await (const entry of entries) await add(entry)
    const { name, content } = last(written)
    zip.addBuffer(Buffer.from(content), name)
    zip.end()
  }
  const adding = all()
  adding.catch(fail)
  try {
    yield* output as AsyncIterable<Uint8Array>
  } finally {
    current?.destroy()
    output.destroy()
  }
}

import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { fromBuffer, type ZipFile } from 'yauzl'

/** The entries of a zip archive, by name. */
export async function unzipped(content: Buffer): Promise<Map<string, Buffer>> {
  const zip = await promisify<Buffer, object, ZipFile>(fromBuffer)(content, { lazyEntries: true })
  const open = promisify(zip.openReadStream.bind(zip))
  const entries = new Map<string, Buffer>()
  await new Promise<void>((resolve, reject) => {
    zip.on('error', reject)
    zip.on('end', resolve)
    zip.on('entry', entry => {
      open(entry)
        .then(async stream => {
          entries.set(entry.fileName, await buffer(stream as NodeJS.ReadableStream))
          zip.readEntry()
        })
        .catch(reject)
    })
    zip.readEntry()
  })
  return entries
}

export const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex')

import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const brotli = promisify(brotliCompress)
const zip = promisify(gzip)

/** Text files; all other types are compressed already. */
const text = /\.(html|js|mjs|css|svg|json|txt|map|webmanifest)$/
/** The headers of an answer have about as many bytes. */
const leastBytes = 512

/**
 * Writes compressed forms (`.br` and `.gz`) next to each file of a built page where they are smaller. This uses the
 * strongest compression and takes a second once, so that nothing is compressed when the page is sent.
 */
export async function compressPage(dir: string): Promise<void> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile() && text.test(entry.name))
  await Promise.all(files.map(({ parentPath, name }) => compressFile(path.join(parentPath, name))))
}

async function compressFile(file: string): Promise<void> {
  const content = await readFile(file)
  if (content.length < leastBytes) return
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length }
  const forms = [
    ['.br', await brotli(content, { params })],
    ['.gz', await zip(content, { level: 9 })],
  ] as const
  for (const [ending, packed] of forms) if (packed.length < content.length) await writeFile(file + ending, packed)
}

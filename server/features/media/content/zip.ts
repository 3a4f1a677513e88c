import { inflateRawSync } from 'node:zlib'
import type { Pieces } from './pieces.ts'

const mostNames = 10_000
const mostDirectory = 2 * 1024 * 1024
const mostInflated = 1024 * 1024

interface Entry {
  method: number
  packed: number
  offset: number
}

const mainPart = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'

/**
 * A Word document: a zip, from its first byte to its last, that says that it is one, has the text of one, and has no
 * macros. Of all that is packed in it only its list of contents is unpacked, so a bomb does not go off.
 */
export async function isDocx(file: Pieces): Promise<boolean> {
  const entries = await readDirectory(file)
  const contents = entries?.get('[Content_Types].xml')
  if (!entries || !contents || !entries.has('word/document.xml')) return false
  if ([...entries.keys()].some(name => /vbaProject/i.test(name))) return false
  const text = await readEntry(file, contents)
  return text !== null && text.includes(mainPart)
}

/** By the directory at the end, which is what counts; null if there is none, or something before or behind the whole. */
async function readDirectory(file: Pieces): Promise<Map<string, Entry> | null> {
  const tail = await file.read(Math.max(0, file.size - 22 - 0xffff), 22 + 0xffff)
  const at = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  if (at < 0 || at + 22 > tail.length || at + 22 + tail.readUInt16LE(at + 20) !== tail.length) return null
  const [count, length, start] = [tail.readUInt16LE(at + 10), tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)]
  if (count > mostNames || length > mostDirectory || start + length !== file.size - tail.length + at) return null

  const directory = await file.read(start, length)
  const entries = new Map<string, Entry>()
  let position = 0
  for (let nth = 0; nth < count; nth++) {
    if (position + 46 > directory.length || directory.readUInt32LE(position) !== 0x02014b50) return null
    const [nameLength, extra, comment] = [28, 30, 32].map(field => directory.readUInt16LE(position + field))
    entries.set(directory.toString('utf8', position + 46, position + 46 + nameLength!), {
      method: directory.readUInt16LE(position + 10),
      packed: directory.readUInt32LE(position + 20),
      offset: directory.readUInt32LE(position + 42),
    })
    position += 46 + nameLength! + extra! + comment!
  }
  return entries
}

async function readEntry(file: Pieces, { method, packed, offset }: Entry): Promise<string | null> {
  const head = await file.read(offset, 30)
  if (head.length < 30 || packed > mostInflated) return null
  const data = await file.read(offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28), packed)
  if (method === 0) return data.toString()
  if (method !== 8) return null
  try {
    return inflateRawSync(data, { maxOutputLength: mostInflated }).toString()
  } catch {
    return null
  }
}

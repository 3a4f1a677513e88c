import { inflateRawSync } from 'node:zlib'
import { asText } from './as-text.ts'
import { lastMatch } from './behind.ts'
import type { Pieces } from './pieces.ts'
import { cut, damaged } from './verdict.ts'

const mostNames = 10_000
const mostDirectory = 2 * 1024 * 1024
const mostInflated = 1024 * 1024
const mostComment = 0xffff

const endMark = new RegExp(`PK${String.fromCharCode(5, 6)}`, 'g')

interface Entry {
  method: number
  packed: number
  offset: number
}

export interface Zip {
  names: readonly string[]
  /** The offset after its last byte. */
  end: number
  /**
   * The decompressed part, whose name is compared without case (OPC); null if there is none, or it cannot be
   * decompressed, or it is too large.
   */
  text(name: string): Promise<string | null>
}

/**
 * Reads a zip by the directory at its end, which is authoritative; or returns what is wrong with it. Parts stay
 * compressed.
 */
export async function openZip(file: Pieces): Promise<Zip | { fault: string }> {
  const found = await lastMatch(file, endMark, 22)
  if (!found) return { fault: cut }
  const { at } = found
  const tail = await file.read(at, 22)
  if (tail.length < 22) return { fault: cut }
  const end = at + 22 + Math.min(tail.readUInt16LE(20), mostComment)
  const { count, length, start, behind } = await placeOf(file, at, tail)
  if (count > mostNames || length > mostDirectory || start + length !== behind || end > file.size)
    return { fault: damaged }

  const directory = await file.read(start, length)
  const entries = new Map<string, Entry>()
  let position = 0
  for (let nth = 0; nth < count; nth++) {
    if (position + 46 > directory.length || directory.readUInt32LE(position) !== 0x02014b50) return { fault: damaged }
    const [nameLength, extra, comment] = [28, 30, 32].map(field => directory.readUInt16LE(position + field))
    entries.set(directory.toString('utf8', position + 46, position + 46 + nameLength!), {
      method: directory.readUInt16LE(position + 10),
      packed: directory.readUInt32LE(position + 20),
      offset: directory.readUInt32LE(position + 42),
    })
    position += 46 + nameLength! + extra! + comment!
  }
  return {
    names: [...entries.keys()],
    end,
    text: async name => {
      const entry = entries.get(name)
      return entry ? readEntry(file, entry) : null
    },
  }
}

/** Where the directory is. In large files, and in some that were streamed, a separate record says it (zip64). */
async function placeOf(file: Pieces, at: number, tail: Buffer) {
  const plain = {
    count: tail.readUInt16LE(10),
    length: tail.readUInt32LE(12),
    start: tail.readUInt32LE(16),
    behind: at,
  }
  const pointer = at < 20 ? Buffer.alloc(0) : await file.read(at - 20, 20)
  if (pointer.length < 20 || pointer.readUInt32LE(0) !== 0x07064b50) return plain
  const behind = Number(pointer.readBigUInt64LE(8))
  const record = await file.read(behind, 56)
  if (record.length < 56 || record.readUInt32LE(0) !== 0x06064b50) return plain
  const [count, length, start] = [32, 40, 48].map(field => Number(record.readBigUInt64LE(field))) as [
    number,
    number,
    number,
  ]
  return { count, length, start, behind }
}

async function readEntry(file: Pieces, { method, packed, offset }: Entry): Promise<string | null> {
  const head = await file.read(offset, 30)
  if (head.length < 30 || packed > mostInflated) return null
  const data = await file.read(offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28), packed)
  if (method === 0) return asText(data)
  if (method !== 8) return null
  try {
    return asText(inflateRawSync(data, { maxOutputLength: mostInflated }))
  } catch {
    return null
  }
}

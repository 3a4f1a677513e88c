import type { Pieces } from './pieces.ts'

/** A directory of so many sectors has thousands of entries; one that goes in a circle has no end. */
const mostSteps = 1_000

const entryBytes = 128
const stream = 2
const lastSector = 0xfffffffa

/**
 * A Word document of before 2007: a compound file (MS-CFB, a small file system) with a stream of that name. A workbook
 * or an installer is a compound file too.
 */
export async function isWordDocument(file: Pieces): Promise<boolean> {
  const header = await file.read(0, 512)
  const shift = header.length === 512 ? header.readUInt16LE(30) : 0
  if (shift !== 9 && shift !== 12) return false
  const sectorBytes = 2 ** shift
  const read = (sector: number) => file.read((sector + 1) * sectorBytes, sectorBytes)
  const tables = await readTables(header, read)

  let sector = header.readUInt32LE(48)
  for (let step = 0; step < mostSteps && sector < lastSector; step++) {
    const entries = await read(sector)
    for (let at = 0; at + entryBytes <= entries.length; at += entryBytes)
      if (entries[at + 66] === stream && nameAt(entries, at) === 'WordDocument') return true
    const table = tables[Math.floor(sector / (sectorBytes / 4))]
    const next = table === undefined ? Buffer.alloc(0) : await read(table)
    const place = (sector % (sectorBytes / 4)) * 4
    if (place + 4 > next.length) return false
    sector = next.readUInt32LE(place)
  }
  return false
}

const nameAt = (entries: Buffer, at: number) =>
  entries.toString('utf16le', at, at + Math.max(0, Math.min(64, entries.readUInt16LE(at + 64)) - 2))

/** Which sectors hold the table that says what follows what: the first 109 are in the header, the rest in a chain. */
async function readTables(header: Buffer, read: (sector: number) => Promise<Buffer>): Promise<number[]> {
  const numbersIn = (buffer: Buffer) =>
    Array.from({ length: buffer.length >> 2 }, (_, nth) => buffer.readUInt32LE(nth * 4))
  const tables = numbersIn(header.subarray(76))
  let next = header.readUInt32LE(68)
  for (let step = 0; step < 8 && next < lastSector; step++) {
    const numbers = numbersIn(await read(next))
    next = numbers.pop() ?? lastSector
    tables.push(...numbers)
  }
  return tables
}

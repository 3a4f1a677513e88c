import { faultBehind } from './behind.ts'
import type { Pieces } from './pieces.ts'
import { cut, type Fault, locked, macros, template } from './verdict.ts'

/** A directory of this many sectors has thousands of entries. One with a cycle has no end. */
const mostSteps = 1_000

const entryBytes = 128
const storage = 1
const stream = 2
const lastSector = 0xfffffffa
const free = 0xffffffff
/** Smaller streams are stored in small sectors. */
const miniBytes = 4096

const notWord: Record<string, string> = {
  Workbook: 'is an Excel workbook: save it as PDF',
  Book: 'is an Excel workbook: save it as PDF',
  'PowerPoint Document': 'is a PowerPoint presentation: save it as PDF',
  VisioDocument: 'is a Visio drawing: save it as PDF',
  __properties_version1: 'is an Outlook message: save it as PDF',
  '__properties_version1.0': 'is an Outlook message: save it as PDF',
}
const another = 'is no Word document: save it as DOCX or PDF'

interface Volume {
  header: Buffer
  sectorBytes: number
  read: (sector: number) => Promise<Buffer>
  /** The sectors of the table that says which sector follows which. */
  tables: readonly number[]
}

interface Entry {
  name: string
  kind: number
  start: number
  size: number
}

/**
 * What is wrong with a Word document from before 2007, if anything: a compound file (MS-CFB, a small file system) with a
 * stream of that name. A workbook, an installer and anything with a password are compound files too.
 */
export async function faultOfDoc(file: Pieces): Promise<Fault> {
  const header = await file.read(0, 512)
  const shift = header.length === 512 ? header.readUInt16LE(30) : 0
  if (shift !== 9 && shift !== 12) return header.length < 512 ? cut : another
  const sectorBytes = 2 ** shift
  const read = (sector: number) => file.read((sector + 1) * sectorBytes, sectorBytes)
  const volume: Volume = { header, sectorBytes, read, tables: await readTables(header, read) }
  const entries = await readDirectory(volume)
  if (entries === null) return cut
  const streams = new Map(entries.filter(({ kind }) => kind === stream).map(entry => [entry.name, entry]))
  if (streams.has('EncryptedPackage') || streams.has('EncryptionInfo')) return locked
  const document = streams.get('WordDocument')
  if (!document) {
    const [found] = Object.keys(notWord).filter(name => streams.has(name))
    return found === undefined ? another : notWord[found]!
  }
  const hasMacros = ({ name, kind }: Entry) =>
    (kind === storage && /^(Macros|VBA|_VBA_PROJECT_CUR)$/i.test(name)) || /^_VBA_PROJECT$/i.test(name)
  if (entries.some(hasMacros)) return macros
  const flags = document.size >= miniBytes ? await flagsOf(document, volume) : { isTemplate: false, isLocked: false }
  if (flags.isLocked) return locked
  if (flags.isTemplate) return template
  const end = await endOf(volume)
  // The last sector may be incomplete.
  return end - sectorBytes >= file.size ? cut : faultBehind(file, end)
}

/** From the beginning of the document (MS-DOC, FibBase). */
async function flagsOf({ start }: Entry, { read }: Volume) {
  const sector = await read(start)
  const flags = sector.length >= 12 && sector.readUInt16LE(0) === 0xa5ec ? sector.readUInt16LE(10) : 0
  return { isTemplate: (flags & 0x0001) !== 0, isLocked: (flags & 0x0100) !== 0 }
}

/** Null when its sectors do not exist. */
async function readDirectory(volume: Volume): Promise<Entry[] | null> {
  const found: Entry[] = []
  let sector = volume.header.readUInt32LE(48)
  for (let step = 0; step < mostSteps && sector < lastSector; step++) {
    const entries = await volume.read(sector)
    if (entries.length < entryBytes) return null
    for (let at = 0; at + entryBytes <= entries.length; at += entryBytes)
      found.push({
        name: nameAt(entries, at),
        kind: entries[at + 66]!,
        start: entries.readUInt32LE(at + 116),
        size: entries.readUInt32LE(at + 120),
      })
    const next = await nextOf(sector, volume)
    if (next === null) return null
    sector = next
  }
  return found
}

async function nextOf(sector: number, { sectorBytes, tables, read }: Volume): Promise<number | null> {
  const perTable = sectorBytes / 4
  const table = tables[Math.floor(sector / perTable)]
  const numbers = table === undefined ? Buffer.alloc(0) : await read(table)
  const place = (sector % perTable) * 4
  return place + 4 > numbers.length ? null : numbers.readUInt32LE(place)
}

const nameAt = (entries: Buffer, at: number) =>
  entries.toString('utf16le', at, at + Math.max(0, Math.min(64, entries.readUInt16LE(at + 64)) - 2))

const numbersIn = (buffer: Buffer) =>
  Array.from({ length: buffer.length >> 2 }, (_, nth) => buffer.readUInt32LE(nth * 4))

/** The sectors that hold the allocation table: the first 109 are listed in the header, the rest in a chain. */
async function readTables(header: Buffer, read: (sector: number) => Promise<Buffer>): Promise<number[]> {
  const tables = numbersIn(header.subarray(76))
  let next = header.readUInt32LE(68)
  for (let step = 0; step < 8 && next < lastSector; step++) {
    const numbers = numbersIn(await read(next))
    next = numbers.pop() ?? lastSector
    tables.push(...numbers)
  }
  return tables
}

/** The end of the last sector in use. */
async function endOf({ tables, sectorBytes, read }: Volume): Promise<number> {
  const perTable = sectorBytes / 4
  for (let nth = tables.findLastIndex(table => table < lastSector); nth >= 0; nth--) {
    const numbers = numbersIn(await read(tables[nth]!))
    const last = numbers.findLastIndex(next => next !== free)
    if (last >= 0) return (nth * perTable + last + 2) * sectorBytes
  }
  return 0
}

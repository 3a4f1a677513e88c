import { faultBehind } from './behind.ts'
import type { Pieces } from './pieces.ts'
import { cut, type Fault } from './verdict.ts'

export type PictureType = 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp'

/** The number of parts of one picture; beyond that it is decoded without knowing where it ends. */
const mostParts = 100_000
const scanBytes = 64 * 1024

/** A picture is decoded later. Here only its completeness and the data after its end are checked. */
export async function faultOfPicture(type: PictureType, file: Pieces): Promise<Fault> {
  const end = await ends[type](file)
  if (end === null) return null
  return end > file.size ? cut : faultBehind(file, end)
}

/** Where the picture ends, beyond the file if the file is truncated; null if that is not known. */
type End = number | null
const beyond = Infinity

const ends: Record<PictureType, (file: Pieces) => Promise<End>> = {
  'image/png': async file => {
    let at = 8
    for (let part = 0; part < mostParts; part++) {
      const head = await file.read(at, 8)
      if (head.length < 8) return beyond
      at += 12 + head.readUInt32BE(0)
      if (head.toString('latin1', 4) === 'IEND') return at
    }
    return null
  },

  'image/webp': async file => {
    const head = await file.read(0, 12)
    const size = head.readUInt32LE(4)
    // The padding byte of an odd size may be missing.
    return 8 + size === file.size ? file.size : 8 + size + (size % 2)
  },

  'image/gif': async file => {
    const head = await file.read(0, 13)
    if (head.length < 13) return beyond
    const table = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)
    let at = 13 + table(head[10]!)
    const passBlocks = async () => {
      for (let part = 0; part < mostParts; part++) {
        const size = (await file.read(at, 1))[0]
        if (size === undefined) return false
        at += 1 + size
        if (size === 0) return true
      }
      return false
    }
    for (let part = 0; part < mostParts; part++) {
      const [kind] = await file.read(at, 1)
      // Some files lack the last byte, without any loss of the picture.
      if (kind === undefined) return part > 0 ? file.size : beyond
      if (kind === 0x3b) return at + 1
      if (kind === 0x21) at += 2
      else if (kind === 0x2c) {
        const image = await file.read(at, 10)
        if (image.length < 10) return beyond
        at += 11 + table(image[9]!)
      } else return null
      if (!(await passBlocks())) return beyond
    }
    return null
  },

  'image/jpeg': async file => {
    let at = 2
    for (let part = 0; part < mostParts; part++) {
      const head = await file.read(at, 4)
      if (head.length < 2) return beyond
      const marker = head[1]!
      if (head[0] !== 0xff) return null
      if (marker === 0xd9) return at + 2
      if (marker === 0xff) at += 1
      else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) at += 2
      else {
        if (head.length < 4) return beyond
        at += 2 + head.readUInt16BE(2)
        // The image data follows, up to the next marker that does not belong to it.
        if (marker === 0xda) at = await afterScan(file, at)
      }
    }
    return null
  },
}

async function afterScan(file: Pieces, from: number): Promise<number> {
  for (let at = from; at < file.size;) {
    const piece = await file.read(at, scanBytes)
    for (let mark = piece.indexOf(0xff); mark >= 0 && mark + 1 < piece.length; mark = piece.indexOf(0xff, mark + 1)) {
      const next = piece[mark + 1]!
      if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at + mark
    }
    // A marker may cross the boundary.
    at += piece.length > 1 ? piece.length - 1 : 1
  }
  return file.size
}

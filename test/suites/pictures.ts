import { readdir, readFile } from 'node:fs/promises'
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'

/** 50 million pixels, the most that a picture may have. */
export const wide = { width: 8_000, height: 6_250 }

export interface PngKind {
  bits?: 8 | 16
  interlaced?: boolean
  width?: number
  height?: number
}

/** A PNG of one colour: a small file with any number of pixels. */
export const flatPng = ({ bits = 8, interlaced = false, ...size }: PngKind = {}): Promise<Buffer> =>
  sharp({ create: { ...wide, ...size, channels: 3, background: { r: 40, g: 120, b: 200 } } })
    .toColourspace(bits === 16 ? 'rgb16' : 'srgb')
    .png({ progressive: interlaced, compressionLevel: 9 })
    .toBuffer()

export const flatJpeg = (progressive = false): Promise<Buffer> =>
  sharp({ create: { ...wide, channels: 3, background: { r: 40, g: 120, b: 200 } } })
    .jpeg({ progressive })
    .toBuffer()

/**
 * A grey JPEG, written by hand, that is not progressive and yet has a scan for each colour: a decoder keeps all
 * coefficients of all colours until the last scan.
 */
export function scannedJpeg({ width, height } = wide): Buffer {
  const part = (marker: number, ...bytes: number[]) =>
    Buffer.from([0xff, marker, (bytes.length + 2) >> 8, (bytes.length + 2) & 0xff, ...bytes])
  const colours = [1, 2, 3]
  const ones = Array.from({ length: 64 }, () => 1)
  /** One code of one bit, for the symbol 0: no difference, and no further coefficients. */
  const table = (id: number) => part(0xc4, id, 1, ...Array.from({ length: 15 }, () => 0), 0)
  const size = [height >> 8, height & 0xff, width >> 8, width & 0xff]
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8)
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    part(0xdb, 0, ...ones),
    part(0xc0, 8, ...size, 3, ...colours.flatMap(id => [id, 0x11, 0])),
    table(0x00),
    table(0x10),
    ...colours.flatMap(id => [part(0xda, 1, id, 0, 0, 63, 0), Buffer.alloc(Math.ceil(blocks / 4))]),
    Buffer.from([0xff, 0xd9]),
  ])
}

/** A PNG of 64 pixels with comments of 8 MB each, which compress to almost nothing. */
export async function wordyPng(comments: number): Promise<Buffer> {
  const png = await flatPng({ width: 8, height: 8 })
  const packed = deflateSync(Buffer.alloc(7_900_000, 'x'), { level: 9 })
  const comment = (nth: number) => {
    const body = Buffer.concat([Buffer.from(`zTXtc${nth}\0\0`), packed])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(body.length - 4)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const afterHeader = 33
  const all = Array.from({ length: comments }, (_, nth) => comment(nth))
  return Buffer.concat([png.subarray(0, afterHeader), ...all, png.subarray(afterHeader)])
}

/** The processes that decode pictures for this process, or for another one. */
export async function decodersOf(parent: number): Promise<number[]> {
  const found: number[] = []
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    // It may have ended meanwhile.
    const [stat, line] = await Promise.all(
      ['stat', 'cmdline'].map(file => readFile(`/proc/${name}/${file}`, 'utf8').catch(() => '')),
    )
    const [state, ppid] = stat!.slice(stat!.lastIndexOf(')') + 2).split(' ')
    if (Number(ppid) === parent && state !== 'Z' && line!.includes('images-worker')) found.push(Number(name))
  }
  return found
}

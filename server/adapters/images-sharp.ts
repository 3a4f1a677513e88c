import { readFile } from 'node:fs/promises'
import sharp, { type Sharp } from 'sharp'
import { createGate } from '../kernel/gate.ts'
import type { ImageFormat, Images } from '../kernel/images.ts'

/** A decoded picture of so many pixels takes up to 200 MB. */
const mostPixels = 50_000_000
const mostFrames = 1_000
const mostSeconds = 10
const thumbnailPixels = 480

/** libvips reads dozens of formats, and each decoder is one more that may have a hole: only these are left. */
const loaders = ['Jpeg', 'Png', 'Webp', 'Nsgif'].flatMap(format => [
  `VipsForeignLoad${format}File`,
  `VipsForeignLoad${format}Buffer`,
])

/**
 * Pictures by libvips, which works on Node's own threads: two at a time leave the other two for files and passwords.
 */
export function createImages(): Images {
  sharp.cache(false)
  sharp.concurrency(1)
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: loaders })
  const gate = createGate({ running: 1, waiting: 100 })

  return {
    examine: (path, format) =>
      gate(async () => {
        const verdict = await judge(path, format)
        // Also a file that could not be opened or read is damaged to libvips: one that we read decides. Only then, because
        // in memory it takes as much as it has.
        return verdict === 'broken' ? judge(await readFile(path), format) : verdict
      }),
  }
}

async function judge(source: string | Buffer, format: ImageFormat) {
  try {
    // Of a moving picture the first frame is decoded, and the others are counted.
    return await decode(sharp(source, { limitInputPixels: mostPixels, failOn: 'error' }), format)
  } catch (error) {
    if (/out of memory/i.test((error as Error).message)) throw error
    return /pixel limit|timeout/.test((error as Error).message) ? 'too_large' : 'broken'
  }
}

async function decode(image: Sharp, format: ImageFormat) {
  const found = await image.metadata()
  if (found.format !== format) return 'broken'
  if ((found.pages ?? 1) > mostFrames) return 'too_large'
  const thumbnail = await image
    .autoOrient()
    .resize({ width: thumbnailPixels, height: thumbnailPixels, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 80 })
    .timeout({ seconds: mostSeconds })
    .toBuffer()
  return { ...found.autoOrient, thumbnail }
}

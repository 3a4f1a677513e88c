import { createReadStream } from 'node:fs'
import sharp, { type Sharp } from 'sharp'
import { createGate } from '../kernel/gate.ts'
import type { ImageFormat, Images } from '../kernel/images.ts'

/** A decoded picture of so many pixels takes up to 200 MB. */
const mostPixels = 50_000_000
const mostFrames = 1_000
const mostSeconds = 10
const thumbnailPixels = 480

/** libvips reads dozens of formats, and each decoder is one more that may have a hole: only these are left. */
const loaders = ['Jpeg', 'Png', 'Webp', 'Nsgif'].map(format => `VipsForeignLoad${format}File`)

/**
 * Pictures by libvips, which works on Node's own threads: one at a time leaves the others for files and passwords, and
 * keeps what decoding takes in memory to that of one.
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
        try {
          // Of a moving picture the first frame is decoded, and the others are counted.
          return await decode(sharp(path, { limitInputPixels: mostPixels, failOn: 'error' }), format)
        } catch (error) {
          const said = (error as Error).message.replaceAll(path, '')
          if (/out of memory/i.test(said)) throw error
          if (/pixel limit|timeout/.test(said)) return 'too_large'
          // libvips also calls a file damaged that it could not open or read.
          await readThrough(path)
          return 'broken'
        }
      }),
  }
}

/** @throws what reading fails with */
async function readThrough(path: string): Promise<void> {
  for await (const _ of createReadStream(path));
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

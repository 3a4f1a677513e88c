import assert from 'node:assert/strict'
import { decodedBytes, type ImageHeader, mostDecodedBytes } from '../../server/adapters/images-memory.ts'
import { wide } from '../suites/pictures.ts'

describe('the memory of a picture', () => {
  const of = (header: Partial<ImageHeader>) => decodedBytes({ ...wide, depth: 'uchar', channels: 3, ...header })

  for (const [what, header, bytes] of [
    ['8-bit RGB', {}, 150_000_000],
    ['8 bits with alpha', { channels: 4 }, 200_000_000],
    ['a progressive JPEG with subsampled colours', { isProgressive: true, chromaSubsampling: '4:2:0' }, 150e6],
  ] as [string, Partial<ImageHeader>, number][])
    it(`[MD22] accepts 50 million pixels of ${what}`, () => {
      assert.equal(of(header), bytes)
      assert.ok(bytes <= mostDecodedBytes)
    })

  for (const [what, header, bytes] of [
    ['16 bits', { depth: 'ushort' }, 300_000_000],
    ['8 bits, interlaced', { isProgressive: true }, 300_000_000],
    ['16 bits, interlaced', { depth: 'ushort', isProgressive: true }, 600_000_000],
    ['a progressive JPEG with full colours', { isProgressive: true, chromaSubsampling: '4:4:4' }, 300_000_000],
    ['an animated WebP', { format: 'webp', pages: 2 }, 400_000_000],
    ['floating point', { depth: 'double' }, 1_200_000_000],
  ] as [string, Partial<ImageHeader>, number][])
    it(`[MD22] refuses 50 million pixels of ${what}`, () => {
      assert.equal(of(header), bytes)
      assert.ok(bytes > mostDecodedBytes)
    })
})

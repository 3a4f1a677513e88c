import assert from 'node:assert/strict'
import { createImages } from '../../server/adapters/images-sharp.ts'

describe('pictures', () => {
  it('[MD5] a file that cannot be read is a fault of ours, and is not called damaged', async () => {
    await assert.rejects(createImages().examine('/no/such/picture.png', 'png'), { code: 'ENOENT' })
  })
})

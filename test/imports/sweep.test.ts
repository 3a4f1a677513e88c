import assert from 'node:assert/strict'
import type { FileStorage } from '../../server/ports/storage.ts'
import { createSweep } from '../../server/features/imports/import-files.ts'
import { isMediaKey } from '../../server/features/media/media.names.ts'

describe('files of imports', () => {
  it('[IM16] are swept when they are old and no job needs them; other files are not touched', async () => {
    const now = Date.now()
    const old = new Date(now - 2 * 3600_000)
    const files = new Map([
      ['im/forgotten', old],
      ['im/needed', old],
      ['im/new', new Date(now)],
      ['ab/a-picture.png', old],
    ])
    const storage = {
      async *list() {
        for (const [key, modified] of files) yield { key, modified }
      },
      delete: async (keys: readonly string[]) => keys.forEach(key => files.delete(key)),
    } as unknown as FileStorage
    await createSweep({ storage, jobs: { inputsOf: async () => [{ key: 'im/needed' }] } })()
    assert.deepEqual([...files.keys()], ['im/needed', 'im/new', 'ab/a-picture.png'])
    assert.deepEqual([...files.keys()].filter(isMediaKey), ['ab/a-picture.png'])
  })
})

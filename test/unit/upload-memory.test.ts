import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { setImmediate } from 'node:timers/promises'
import { defaultPace, paced } from '../../server/faces/rest/pace.ts'

describe('an upload on its way', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void

  it('[MD20] what was passed on of it is not kept in memory', async () => {
    const chunks: WeakRef<Buffer>[] = []
    function* body() {
      for (let n = 0; n < 50; n++) {
        const chunk = Buffer.alloc(64 * 1024)
        chunks.push(new WeakRef(chunk))
        yield chunk
      }
    }
    let read = 0
    let alive = Number.NaN
    for await (const chunk of paced(Readable.from(body()) as IncomingMessage, defaultPace)) {
      assert.equal(chunk.length, 64 * 1024)
      if (++read < 30) continue
      // What a WeakRef was asked for stays until the turn ends.
      await setImmediate()
      collect()
      alive = chunks.slice(0, 20).filter(ref => ref.deref()).length
      break
    }
    assert.equal(alive, 0)
  })
})

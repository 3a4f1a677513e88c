import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { setImmediate } from 'node:timers/promises'
import { createTemporaryFiles } from '../../server/adapters/temporary-files.ts'
import { readForm } from '../../server/faces/rest/multipart.ts'
import { defaultPace, paced } from '../../server/faces/rest/pace.ts'

describe('the memory of an upload', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void

  it('[MD20] holds nothing that was passed on', async () => {
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
      // A target of a dereferenced WeakRef stays until the turn ends.
      await setImmediate()
      collect()
      alive = chunks.slice(0, 20).filter(ref => ref.deref()).length
      break
    }
    assert.equal(alive, 0)
  })

  for (const size of [1_000, 65_536, 100_000, 300_000])
    it(`[MD20] is freed for what is in the file, and the file is complete, in chunks of ${size}`, async () => {
      const dir = await mkdtemp(path.join(tmpdir(), 'taskwire-temporary-'))
      const content = randomBytes(3_000_000)
      const text = (part: string) =>
        Buffer.from(`--x\r\nContent-Disposition: form-data; name="file"; filename="${part}"\r\n\r\n`)
      const end = Buffer.from('\r\n')
      const form = Buffer.concat([
        text('a'),
        content,
        end,
        text('b'),
        content.subarray(7),
        end,
        Buffer.from('--x--\r\n'),
      ])
      const chunks = Array.from({ length: Math.ceil(form.length / size) }, (_, nth) => {
        const chunk = Buffer.allocUnsafeSlow(Math.min(size, form.length - nth * size))
        form.copy(chunk, 0, nth * size)
        return chunk
      })
      const memory = chunks.map(({ buffer }) => buffer as ArrayBuffer)
      const headers = { 'content-type': 'multipart/form-data; boundary=x' }
      const ctx = {
        req: Readable.from(chunks),
        headers,
        is: () => true,
        get: (name: string) => headers[name.toLowerCase() as keyof typeof headers] ?? '',
      }
      const temporaryFiles = createTemporaryFiles(dir)
      const { files } = await readForm(ctx as never, defaultPace, { files: 2, fileBytes: 3_000_000 }, from =>
        temporaryFiles.receive(from, 3_000_000),
      )
      const kept = await Promise.all(files.map(({ path: file }) => readFile(file)))
      assert.deepEqual([kept[0]!.equals(content), kept[1]!.equals(content.subarray(7))], [true, true])
      // Of small chunks, which may come many at once, some are left to the garbage collector.
      if (size > 16_384) assert.ok(memory.filter(({ detached }) => detached).length > 0.9 * memory.length)
      await rm(dir, { recursive: true })
    })
})

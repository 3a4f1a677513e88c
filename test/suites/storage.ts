import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { ByteRange, FileStorage, StoredFile } from '../../server/ports/storage.ts'

/** What every storage promises. `workshop` is a folder for temporary files. */
export function behavesAsStorage(open: (workshop: string) => Promise<FileStorage>): void {
  let workshop: string
  let storage: FileStorage
  before(async () => {
    workshop = await mkdtemp(path.join(tmpdir(), 'taskwire-storage-'))
    storage = await open(workshop)
  })
  after(() => rm(workshop, { recursive: true, force: true }))

  const newKey = () => {
    const name = randomUUID()
    return `${name.slice(0, 2)}/${name}.png`
  }
  const put = async (content: string, key = newKey()) => {
    const draft = path.join(workshop, randomUUID())
    await writeFile(draft, content)
    await storage.put(key, draft)
    return key
  }
  const read = async (key: string, range?: ByteRange) => {
    const stream = await storage.open(key, range)
    return stream && (await buffer(stream)).toString()
  }
  const list = async () => {
    const all: StoredFile[] = []
    for await (const file of storage.list()) all.push(file)
    return all
  }
  const keys = async () => (await list()).map(({ key }) => key)

  it('[MD18] returns what was stored, and takes the temporary file', async () => {
    const key = await put('0123456789')
    assert.equal(await read(key), '0123456789')
    assert.deepEqual(
      (await readdir(workshop, { withFileTypes: true })).filter(entry => entry.isFile()),
      [],
    )
  })

  it('[MD18] returns a part, the last byte included', async () => {
    const key = await put('0123456789')
    assert.equal(await read(key, { start: 2, end: 4 }), '234')
    assert.equal(await read(key, { start: 9, end: 9 }), '9')
    assert.equal(await read(key, { start: 0, end: 9 }), '0123456789')
  })

  it('[MD18] stores an empty file and a large one', async () => {
    assert.equal(await read(await put('')), '')
    const large = 'x'.repeat(9_000_000)
    assert.equal((await read(await put(large)))?.length, large.length)
  })

  it('[MD18] has nothing under an unknown key', async () => {
    assert.equal(await storage.open(newKey()), null)
  })

  it('[MD18] deletes a file, and accepts a key that does not exist', async () => {
    const [one, other] = [await put('1'), await put('2')]
    await storage.delete([one, newKey()])
    await storage.delete([one])
    assert.deepEqual([await read(one), await read(other)], [null, '2'])
  })

  it('[MD18] lists all files, with the time of each', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, (_, n) => put(String(n))))
    const listed = await list()
    for (const key of all) {
      const found = listed.find(one => one.key === key)
      assert.ok(found && Math.abs(Date.now() - found.modified.getTime()) < 60_000, key)
    }
    await storage.delete(await keys())
    assert.deepEqual(await keys(), [])
  })

  it('[MD18] leaves nothing behind when the temporary file is missing', async () => {
    const key = newKey()
    await assert.rejects(storage.put(key, path.join(workshop, 'nothing')))
    assert.equal(await storage.open(key), null)
  })

  it('[MD18] reports that it can be used', async () => {
    await storage.check()
  })
}

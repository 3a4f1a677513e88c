import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { createTemporaryFiles } from '../../server/adapters/temporary-files.ts'
import { translateDiskError } from '../../server/adapters/disk-errors.ts'
import { openLocalStorage } from '../../server/adapters/storage-local.ts'
import { AppError } from '../../server/kernel/errors.ts'
import { behavesAsStorage } from '../suites/storage.ts'

describe('the storage in a folder', () => {
  behavesAsStorage(async workshop => openLocalStorage(path.join(workshop, 'files')))

  for (const key of ['../x', 'ab/../../x', '/etc/passwd', 'ab/.x', 'ab', 'ab/c/d', 'ab/x\0'])
    it(`[MD18] refuses ${JSON.stringify(key)} as a key`, async () => {
      const storage = openLocalStorage(tmpdir())
      await assert.rejects(storage.open(key), /no key/)
      await assert.rejects(storage.delete([key]), /no key/)
      await assert.rejects(storage.put(key, '/dev/null'), /no key/)
    })

  it('[MD12] does not list files whose names are no keys, so that they disturb nobody', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'taskwire-files-'))
    for (const folder of ['ab/cd', 'lost+found']) await mkdir(path.join(dir, folder), { recursive: true })
    for (const name of ['ab/.nfs0001', 'ab/One.png', 'lost+found/x', 'ab/one.png', 'xy'])
      await writeFile(path.join(dir, name), '')
    const keys: string[] = []
    for await (const { key } of openLocalStorage(dir).list()) keys.push(key)
    await rm(dir, { recursive: true })
    assert.deepEqual(keys, ['ab/one.png'])
  })

  it('[MD19] reports a full disk, and a folder that cannot be used, as such, and other faults not', async () => {
    const fault = (code: string) => translateDiskError(Object.assign(new Error(code), { code }))
    for (const code of ['ENOSPC', 'EDQUOT']) assert.equal((fault(code) as AppError).code, 'insufficient_storage')
    assert.ok(!(fault('EMFILE') instanceof AppError))
    const dir = await mkdtemp(path.join(tmpdir(), 'taskwire-files-'))
    await writeFile(path.join(dir, 'ab'), 'a file where the folder should be')
    await writeFile(path.join(dir, 'draft'), 'x')
    const reason = { code: 'unavailable', message: 'The storage cannot be used.' }
    await assert.rejects(openLocalStorage(path.join(dir, 'ab')).put('cd/e', path.join(dir, 'draft')), reason)
    await rm(dir, { recursive: true })
  })
})

describe('temporary files', () => {
  let dir: string
  beforeEach(async () => (dir = await mkdtemp(path.join(tmpdir(), 'taskwire-temporary-'))))
  afterEach(() => rm(dir, { recursive: true, force: true }))

  it('[MD7] are discarded when they are too large, after the stream was read to its end', async () => {
    const from = Readable.from([Buffer.alloc(6), Buffer.alloc(6), Buffer.alloc(6)])
    assert.equal(await createTemporaryFiles(dir).receive(from, 10), null)
    assert.deepEqual([from.readableEnded, await readdir(dir)], [true, []])
  })

  it('[MD8] leave no file when their stream breaks', async () => {
    async function* broken() {
      yield Buffer.from('half')
      throw new Error('gone')
    }
    await assert.rejects(createTemporaryFiles(dir).receive(Readable.from(broken()), 10), /gone/)
    assert.deepEqual(await readdir(dir), [])
  })

  it('[MD12] are removed when they are old, and kept when they are fresh', async () => {
    const temporaryFiles = createTemporaryFiles(dir)
    const [old, fresh] = [
      await temporaryFiles.receive(Readable.from([Buffer.from('a')]), 10),
      await temporaryFiles.receive(Readable.from([Buffer.from('b')]), 10),
    ]
    await utimes(old!.path, 0, 0)
    await temporaryFiles.sweep(new Date(Date.now() - 1000))
    assert.deepEqual(await readdir(dir), [path.basename(fresh!.path)])
  })
})

import assert from 'node:assert/strict'
import { mkdir, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { createTemporaryFiles } from '../../server/adapters/temporary-files.ts'
import { createImages } from '../../server/adapters/images-sharp.ts'
import { openLocalStorage } from '../../server/adapters/storage-local.ts'
import { createMedia, createPresent } from '../../server/features/media/index.ts'
import type { Command } from '../../server/events/index.ts'
import type { Database } from '../../server/ports/database.ts'
import { AppError } from '../../server/kernel/errors.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import type { FileStorage } from '../../server/ports/storage.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { filesOf, png, upload } from '../suites/media.ts'

describe('crashes while files are deleted or uploaded', () => {
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
  })
  after(() => server.close())

  /** Another instance on the same folder and database, with these faulty parts. */
  function another({ storage = {}, command }: { storage?: Partial<FileStorage>; command?: Command } = {}) {
    const dir = path.join(server.dataDir, 'media')
    const query: Database['query'] = ({ text, values }) => server.query(text, values)
    const transaction: Database['transaction'] = async work => (await work({ query })).value
    const database = { query, transaction } as Database
    const log = createLogger({ level: 'silent', pretty: false })
    return createMedia({
      present: createPresent(''),
      database,
      command: command ?? (() => Promise.reject(new Error('not here'))),
      storage: { ...openLocalStorage(path.join(dir, 'files')), ...storage },
      temporaryFiles: createTemporaryFiles(path.join(dir, 'drafts')),
      images: createImages({ log }),
      log,
      quota: { bytes: 1e9, files: 100 },
      letGo: () => Promise.resolve(true),
    })
  }
  const add = async () => (await upload(server, ann, [{ content: await png() }])).body
  const has = async (part: string) => (await filesOf(server)).filter(name => name.includes(part)).length
  const removals = () => server.query('select filename from media_removals')

  it('[MD12] notes a crash between the row and the file, and the next clean-up deletes the file', async () => {
    const file = await add()
    await server.query('delete from media where id = $1', [file.id])
    assert.deepEqual(await removals(), [{ filename: file.filename }])
    await assert.rejects(another({ storage: { delete: () => Promise.reject(new Error('dead')) } }).cleanUp())
    assert.deepEqual([await removals(), await has(file.filename)], [[{ filename: file.filename }], 2])
    await another().cleanUp()
    assert.deepEqual([await removals(), await has(file.filename)], [[], 0])
  })

  it('[MD12] deletes only the given file; the clean-up skips a file that cannot be removed', async () => {
    const [stuck, left, own] = [await add(), await add(), await add()]
    await server.query('delete from media where id = any($1)', [[stuck.id, left.id]])
    await expect(ann.rest('DELETE', `/blog/media/${own.id}`), 204)
    assert.deepEqual([await has(own.filename), await has(left.filename), (await removals()).length], [0, 2, 2])
    const files = openLocalStorage(path.join(server.dataDir, 'media', 'files'))
    const faulty: FileStorage['delete'] = keys =>
      keys.some(key => key.includes(stuck.filename)) ? Promise.reject(new Error('stuck')) : files.delete(keys)
    await another({ storage: { delete: faulty } }).cleanUp()
    assert.deepEqual([await removals(), await has(left.filename)], [[{ filename: stuck.filename }], 0])
    await another().cleanUp()
    assert.deepEqual(await removals(), [])
  })

  it('[MD12] finishes after a crash between the file and the note of it', async () => {
    const file = await add()
    await server.query('delete from media where id = $1', [file.id])
    const files = openLocalStorage(path.join(server.dataDir, 'media', 'files'))
    await files.delete([`${file.filename.slice(0, 2)}/${file.filename}`])
    await another().cleanUp()
    assert.deepEqual([await removals(), await has(file.filename)], [[], 0])
  })

  it('[MD12] removes files without a row that are an hour old, and nothing else', async () => {
    const file = await add()
    const names = ['aa/aa-old.png', 'aa/aa-old.png.thumbnail.webp', 'aa/aa-new.png']
    const dir = path.join(server.dataDir, 'media', 'files')
    await mkdir(path.join(dir, 'aa'), { recursive: true })
    for (const name of names) await writeFile(path.join(dir, name), 'x')
    const old = new Date(Date.now() - 3_700_000)
    const kept = (await filesOf(server)).filter(name => name.includes(file.filename))
    for (const name of [...names.slice(0, 2), ...kept.map(one => path.relative('files', one))])
      await utimes(path.join(dir, name), old, old)
    await another().cleanUp()
    assert.deepEqual([await has('aa-old'), await has('aa-new'), await has(file.filename)], [0, 1, 2])
  })

  const given = async (media: ReturnType<typeof another>) => {
    const received = await media.uploads.receive(Readable.from([await png()]), 'a.png', { bytes: Infinity })
    const scope = { person: ann.person } as never
    return media.uploads.keep(scope, {}, [received!]).finally(() => media.uploads.discard([received!]))
  }

  it('[MD12] keeps files whose commit is uncertain', async () => {
    const before = (await filesOf(server)).length
    await assert.rejects(given(another({ command: () => Promise.reject(new AppError('unavailable', 'gone')) })))
    assert.equal((await filesOf(server)).length, before + 2)
    await assert.rejects(given(another({ command: () => Promise.reject(new AppError('forbidden', 'no')) })))
    assert.equal((await filesOf(server)).length, before + 2)
  })

  it('[MD9] writes no more bytes of a form to the disk than its person may still keep', async () => {
    const { uploads } = another()
    const before = await filesOf(server)
    const room = { bytes: 1_000 }
    const receive = (bytes: number) => uploads.receive(Readable.from([Buffer.alloc(bytes)]), 'a.pdf', room)
    const first = await receive(600)
    await assert.rejects(receive(600), { code: 'payload_too_large' })
    assert.equal(room.bytes, 400)
    await uploads.discard([first!])
    assert.deepEqual(await filesOf(server), before)
  })

  it('[MD19] leaves nothing behind when the disk fills up in the middle, and reports it', async () => {
    const before = await filesOf(server)
    let puts = 0
    const files = openLocalStorage(path.join(server.dataDir, 'media', 'files'))
    const full = new AppError('insufficient_storage', 'full')
    const put: FileStorage['put'] = (...args) => (puts++ === 0 ? files.put(...args) : Promise.reject(full))
    await assert.rejects(given(another({ storage: { put } })), full)
    assert.deepEqual(await filesOf(server), before)
  })

  it('[MD19] reports the first fault, although tidying up fails too', async () => {
    const full = new AppError('insufficient_storage', 'full')
    const faulty = { put: () => Promise.reject(full), delete: () => Promise.reject(new Error('gone too')) }
    await assert.rejects(given(another({ storage: faulty })), full)
  })
})

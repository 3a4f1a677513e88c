import assert from 'node:assert/strict'
import { mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openS3Storage } from '../../server/adapters/storage-s3.ts'
import { AppError } from '../../server/kernel/errors.ts'
import { eventually } from '../support/eventually.ts'
import { startFaultProxy } from '../support/fault-proxy.ts'
import { type S3, startS3 } from '../support/s3.ts'
import { expect, startServer } from '../support/server.ts'
import { fetchFile, filesOf, png, upload } from '../suites/media.ts'
import { behavesAsStorage } from '../suites/storage.ts'

describe('the storage in a bucket', function () {
  this.timeout(30_000)
  let dir: string
  let s3: S3
  before(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'taskwire-drafts-'))
    s3 = await startS3()
  })
  after(async () => {
    await s3.stop()
    await rm(dir, { recursive: true, force: true })
  })

  behavesAsStorage(() => openS3Storage(s3.options))

  it('[MD18] is unavailable, not empty, when the service does not exist or refuses', async () => {
    const draft = path.join(dir, 'draft')
    await writeFile(draft, 'x')
    const gone = await openS3Storage({ ...s3.options, endpoint: 'http://127.0.0.1:1' })
    const stranger = await openS3Storage({ ...s3.options, accessKeyId: 'somebody' })
    const works = [() => gone.open('ab/c'), () => gone.put('ab/c', draft), () => gone.delete(['ab/c'])]
    for (const work of [...works, () => stranger.put('ab/c', draft), () => stranger.open('ab/c')])
      await assert.rejects(work, (error: AppError) => error.code === 'unavailable', String(work))
  })

  it('[MD18] is unavailable when the service accepts connections and does not answer', async () => {
    const line = await startFaultProxy(s3.port)
    line.pause()
    const silent = await openS3Storage({ ...s3.options, endpoint: `http://127.0.0.1:${line.port}`, silenceMs: 100 })
    await assert.rejects(silent.delete(['ab/c']), { code: 'unavailable' })
    await line.close()
  })

  it('[MD18] does not keep a file open that could not be stored', async function () {
    if (process.platform !== 'linux') this.skip()
    const draft = path.join(dir, 'not taken')
    await writeFile(draft, 'x')
    const gone = await openS3Storage({ ...s3.options, endpoint: 'http://127.0.0.1:1' })
    await assert.rejects(gone.put('ab/c', draft))
    await eventually(async () => {
      const open = (await readdir('/proc/self/fd')).map(fd => readlink(`/proc/self/fd/${fd}`).catch(() => null))
      assert.ok(!(await Promise.all(open)).includes(draft))
    })
  })

  it('[MD18] serves a whole server, in parts too, and no longer has a deleted file', async () => {
    const server = await startServer({ env: s3.env })
    const ann = await server.user('ann')
    const content = await png()
    const { body } = await upload(server, ann, [{ content }])
    const part = await fetchFile(server, ann, body.url, { headers: { range: 'bytes=1-3' } })
    assert.deepEqual([part.status, part.content.toString()], [206, 'PNG'])
    assert.ok((await fetchFile(server, ann, body.url)).content.equals(content))
    assert.equal((await fetchFile(server, ann, body.thumbnail_url)).status, 200)
    assert.deepEqual(await filesOf(server), [])
    await expect(ann.rest('DELETE', `/blog/media/${body.id}`), 204)
    const bucket = await openS3Storage(s3.options)
    for await (const { key } of bucket.list()) assert.ok(!key.includes(body.filename))
    await server.close()
  })
})

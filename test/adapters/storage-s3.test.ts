import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readlink, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
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
  this.timeout(120_000)
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

  it('[MD18] sends a file that is too large for one call in parts, and leaves none behind when that fails', async () => {
    const partBytes = 5 * 1024 * 1024
    const content = randomBytes(2 * partBytes + 1)
    const draft = path.join(dir, 'large')
    await writeFile(draft, content)
    const front = await watchCalls(s3.port)
    const bucket = await openS3Storage({ ...s3.options, endpoint: front.url, partBytes })
    await bucket.put('ab/large', draft)
    await assert.rejects(stat(draft), { code: 'ENOENT' })
    assert.equal(front.parts('ab/large'), 3)
    const stored = (await bucket.open('ab/large'))!
    assert.ok(Buffer.concat(await stored.toArray()).equals(content))

    await writeFile(draft, content)
    front.refuse(({ searchParams }) => searchParams.get('partNumber') === '2')
    await assert.rejects(bucket.put('ab/half', draft), { code: 'unavailable' })
    await stat(draft)
    assert.equal(await bucket.open('ab/half'), null)
    assert.equal(front.aborted('ab/half'), 1)
    front.close()
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

/** Stands in front of the service, and knows the calls that came through. */
async function watchCalls(port: number) {
  const calls: { method: string | undefined; url: URL }[] = []
  let isRefused: (url: URL) => boolean = () => false
  const server = createServer((call, answer) => {
    const url = new URL(call.url!, 'http://localhost')
    calls.push({ method: call.method, url })
    if (isRefused(url)) return call.resume().on('end', () => answer.writeHead(503).end())
    const { method, headers } = call
    const onward = request({ port, path: call.url, method, headers }, given => {
      answer.writeHead(given.statusCode!, given.headers)
      given.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    call.pipe(onward)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const count = (method: string, key: string, name: string) =>
    calls.filter(one => one.method === method && one.url.pathname.endsWith(key) && one.url.searchParams.has(name))
      .length
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    parts: (key: string) => count('PUT', key, 'partNumber'),
    aborted: (key: string) => count('DELETE', key, 'uploadId'),
    refuse: (which: (url: URL) => boolean) => void (isRefused = which),
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

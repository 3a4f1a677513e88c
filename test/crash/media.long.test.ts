import assert from 'node:assert/strict'
import { openS3Storage } from '../../server/adapters/storage-s3.ts'
import { type Connection, openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { untilWaitingForLocks, waitingForLocks } from '../support/lock-waits.ts'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts'
import { type S3, startS3 } from '../support/s3.ts'
import { createPlayground, type Playground } from '../support/server-process.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { fetchFile, png, upload } from '../suites/media.ts'

describe('a server that is killed while it deletes a file', function () {
  this.timeout(120_000)
  let s3: S3
  let proxy: FaultProxy
  let server: TestServer
  let place: Playground
  let ann: Client
  let holder: Connection
  let victim: string
  let file: any
  let post: any
  before(async () => {
    s3 = await startS3()
    proxy = await startFaultProxy(s3.port)
    // This server only observes: it runs no clean-up.
    server = await startServer({ env: s3.env })
    place = await createPlayground()
    ann = await server.user('ann')
  })
  after(async () => {
    await place.remove()
    await server.close()
    await proxy.close()
    await s3.stop()
  })

  const start = (endpoint: string) =>
    place.start({
      ...s3.env,
      S3_ENDPOINT: endpoint,
      DATABASE_URL: server.databaseUrl,
      DATABASE_MIGRATION_URL: server.ownerUrl,
      JWT_SECRET: 'a secret for tests that has more than 32 characters',
    })
  beforeEach(async () => {
    proxy.resume()
    holder = await openConnection(server.ownerUrl)
    victim = await start(`http://127.0.0.1:${proxy.port}`).ready()
    file = (await upload(server, ann, [{ content: await png() }])).body
    const content = { title: 'With a picture', cover_media_id: file.id, media_ids: [file.id] }
    post = (await expect(ann.rest('POST', '/blog/posts', content), 201)).body
  })

  const deletion = () =>
    fetch(`${victim}/api/v1/blog/media/${file.id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${ann.token}` },
    })
  /** The number of stored files, the post's references to the file, and the pending removals. */
  const state = async () => {
    const bucket = await openS3Storage(s3.options)
    let stored = 0
    for await (const { key } of bucket.list()) if (key.includes(file.filename)) stored++
    const { cover_media_id, media_ids } = (await expect(ann.rest('GET', `/blog/posts/${post.slug}`), 200)).body
    const removals = await server.query('select filename from media_removals')
    const [row] = await server.query<{ there: number }>('select count(*)::int as there from media where id = $1', [
      file.id,
    ])
    return { row: row!.there, named: [cover_media_id, media_ids], removals: removals.length, stored }
  }

  /** Kills the victim while its statement waits for a lock that this connection holds. */
  const killWaiting = async () => {
    await untilWaitingForLocks(holder)
    await place.stopAll()
    // The statement would continue after the death of its server.
    for (const { pid } of await waitingForLocks(holder)) await holder.query('select pg_terminate_backend($1)', [pid])
  }

  it('[MD12] leaves everything as it was when it dies before the commit', async () => {
    await holder.query('begin; lock table media_removals in share mode')
    const broken = assert.rejects(deletion())
    await killWaiting()
    await holder.query('rollback')
    await broken
    assert.deepEqual(await state(), { row: 1, named: [file.id, [file.id]], removals: 0, stored: 2 })
    assert.equal((await fetchFile(server, ann, file.thumbnail_url)).status, 200)
  })

  const gone = { row: 0, named: [null, []], removals: 0, stored: 0 }
  const finishes = async () => {
    start(s3.env.S3_ENDPOINT)
    await eventually(async () => assert.deepEqual(await state(), gone), { within: 45_000 })
    await place.stopAll()
  }

  it('[MD12] [OP17] leaves the rest to the next start when it dies after the commit and before it asks the storage', async () => {
    proxy.pause()
    const broken = assert.rejects(deletion())
    await eventually(async () => assert.equal((await state()).row, 0))
    await place.stopAll()
    await broken
    assert.deepEqual(await state(), { ...gone, removals: 1, stored: 2 })
    await finishes()
  })

  it('[MD12] leaves the rest to the next start when the file is deleted and the note of it is not', async () => {
    await holder.query(`
      create function hold() returns trigger language plpgsql as
        $$ begin perform pg_advisory_xact_lock(1); return old; end $$;
      create trigger hold before delete on media_removals for each row execute function hold();
      select pg_advisory_lock(1)`)
    const broken = assert.rejects(deletion())
    await killWaiting()
    await broken
    assert.deepEqual(await state(), { ...gone, removals: 1 })
    await holder.query('select pg_advisory_unlock(1)')
    await finishes()
  })
})

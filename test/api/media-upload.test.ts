import assert from 'node:assert/strict'
import { request } from 'node:http'
import { limits } from '../../contract/index.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { masked, refuses } from '../suites/answers.ts'
import { eventsOf } from '../suites/event-log.ts'
import { sendImport } from '../suites/imports.ts'
import { filesOf, pdf, png, post, upload } from '../suites/media.ts'
import { decodersOf, flatPng } from '../suites/pictures.ts'

const times = (count: number, content: Buffer) => Array.from({ length: count }, () => ({ content }))

describe('uploading', function () {
  this.timeout(120_000)
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer({ tuning: { pace: { bytes: 1024, withinMs: 300 } } })
    ann = await server.user('ann')
  })
  after(() => server.close())

  const rows = async () => (await server.query('select filename from media order by id')).length
  /** Checks that the upload leaves nothing: no row, no file, no temporary file, no event. */
  async function nothing<T>(work: () => Promise<T>): Promise<T> {
    const before = [await rows(), await filesOf(server)]
    let result: T
    const events = await eventsOf(server, async () => (result = await work()))
    await eventually(async () => assert.deepEqual([await rows(), await filesOf(server)], before))
    assert.deepEqual(events, [])
    return result!
  }
  /** A PDF of exactly this many bytes. */
  const sized = (bytes: number) =>
    Buffer.concat([pdf().subarray(0, 9), Buffer.alloc(bytes - pdf().length, '\n'), pdf().subarray(9)])
  const boundary = 'xxBOUNDARYxx'
  const part = (name: string, filename?: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n\r\n`
  const raw = (text: string) => post(server, ann, text, { 'content-type': `multipart/form-data; boundary=${boundary}` })
  /** A request that is written by hand; resolves with the answer, or null when the connection was closed without one. */
  const start = (headers: Record<string, string> = {}) => {
    const sent = request(`${server.url}/api/v1/blog/media/upload`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${ann.token}`,
        'content-type': `multipart/form-data; boundary=${boundary}`,
        ...headers,
      },
    })
    const answer = new Promise<{ status: number; body: any; headers: any } | null>(resolve => {
      sent.on('error', () => resolve(null))
      sent.on('response', response => {
        let text = ''
        response.on('data', chunk => (text += chunk))
        response.on('error', () => resolve(null))
        response.on('end', () =>
          resolve({ status: response.statusCode!, body: JSON.parse(text), headers: response.headers }),
        )
      })
    })
    return { sent, answer }
  }

  it('[MD1] refuses a stranger before it reads anything', async () => {
    refuses(await nothing(async () => upload(server, null, [{ content: await png() }])), 'unauthenticated')
  })

  it('[MD4] answers a single file as itself, with its Location', async () => {
    const content = await png(64, 48)
    const { status, body, headers } = await upload(server, ann, [{ content, name: 'sea.png' }])
    assert.deepEqual([status, headers.get('location')], [201, `/api/v1/blog/media/${body.id}`])
    assert.deepEqual(body, {
      id: body.id,
      filename: body.filename,
      original_filename: 'sea.png',
      version: 1,
      file_type: 'image/png',
      file_size: content.length,
      upload_date: body.upload_date,
      uploaded_by: ann.person.id,
      url: `/api/v1/blog/media/${body.id}/file`,
      thumbnail_url: `/api/v1/blog/media/${body.id}/thumbnail`,
      width: 64,
      height: 48,
    })
    assert.deepEqual((await expect(ann.rest('GET', `/blog/media/${body.id}`), 200)).body, body)
  })

  it('[MD4] answers several files in their order', async () => {
    // The small ones are stored before the large ones that precede them.
    const sizes = [300_000, 1_000, 200_000, 2_000, 3_000, 100_000, 4_000, 5_000, 60_000, 6_000]
    const files = sizes.map((size, n) => ({ content: sized(size), name: `${n}.pdf` }))
    const { status, body } = await upload(server, ann, files)
    assert.equal(status, 201)
    assert.deepEqual(
      body.results.map((one: any) => [one.original_filename, one.file_size]),
      files.map(({ name, content }) => [name, content.length]),
    )
  })

  it('[MD4] keeps none when one of the files is refused', async () => {
    const [good, bad] = [{ content: await png() }, { content: Buffer.from('<html>'), name: 'b.png' }]
    refuses(await nothing(() => upload(server, ann, [good, good, bad, good])), 'unsupported_media_type', ['files[2]'])
  })

  it('[MD4] refuses eleven files', async () => {
    const content = await png()
    refuses(await nothing(() => upload(server, ann, times(11, content))), 'validation_error', ['file'])
  })

  for (const [what, fields, named] of [
    ['an unknown field', { nothing: 1 }, ['nothing']],
    ['a project that does not exist', { project: 'nowhere' }, ['project']],
    ['a task that does not exist', { task_id: 999_999 }, ['task_id']],
    ['an impossible task id', { task_id: '1e3' }, ['task_id']],
    ['a nested name', { 'items[4294967294]': 'x' }, ['items[4294967294]']],
    ['a name from the prototype of objects', { __proto__x: 1, constructor: 'x' }, ['__proto__x', 'constructor']],
    ['a long text', { project: 'x'.repeat(5_000) }, ['project']],
  ] as [string, Record<string, string>, string[]][])
    it(`[BI1] refuses ${what} by name`, async () => {
      const content = await png()
      refuses(await nothing(() => upload(server, ann, [{ content }], fields)), 'validation_error', named)
    })

  it('[BI1] refuses a form without a file, text as the file, a file in another field, and a duplicate field', async () => {
    refuses(await nothing(() => raw(`--${boundary}--\r\n`)), 'validation_error', ['file'])
    refuses(await nothing(() => raw(`${part('file')}x\r\n--${boundary}--\r\n`)), 'validation_error', ['file'])
    refuses(await nothing(() => raw(`${part('photo', 'x')}x\r\n--${boundary}--\r\n`)), 'validation_error', ['photo'])
    const twice = `${part('project')}1\r\n${part('project')}2\r\n--${boundary}--\r\n`
    refuses(await nothing(() => raw(twice)), 'validation_error', ['project'])
    refuses(
      await nothing(() => raw(`${part('__proto__')}1\r\n${part('file', 'x')}x\r\n--${boundary}--\r\n`)),
      'validation_error',
      ['__proto__'],
    )
    refuses(await nothing(() => upload(server, ann, [])), 'validation_error', ['file'])
  })

  it('[MD26] names an unknown field by the beginning of its name', async () => {
    const name = 'n'.repeat(5_000)
    const file = `${part('file', 'a.pdf')}${pdf().toString('latin1')}`
    for (const form of [`${part(name, 'a.png')}x`, `${part(name)}x\r\n${file}`]) {
      const { status, body } = await nothing(() => raw(`${form}\r\n--${boundary}--\r\n`))
      assert.deepEqual([status, Object.keys(body.error.field_errors)], [400, ['n'.repeat(100)]])
    }
  })

  it('[MD25] refuses a form of many tiny parts after the first few, and does not parse the rest', async () => {
    const tiny = `--${boundary}\r\n\r\n\r\n`
    refuses(await nothing(() => raw(`${tiny.repeat(200_000)}--${boundary}--\r\n`)), 'validation_error', ['body'])
  })

  for (const type of ['application/json', 'image/png', 'multipart/mixed; boundary=x', ''])
    it(`[BI7] refuses a form of type "${type}"`, async () => {
      const { status } = await nothing(() => post(server, ann, '{}', { 'content-type': type }))
      assert.equal(status, 415)
    })

  it('[BI10] refuses malformed forms, and nothing hangs', async () => {
    for (const text of [
      '',
      'x',
      `--${boundary}`,
      `--${boundary}\r\n`,
      part('file', 'x'),
      `${part('file', 'x')}half`,
      '\0'.repeat(10_000),
    ])
      refuses(await nothing(() => raw(text)), 'validation_error')
    refuses(await nothing(() => post(server, ann, 'x', { 'content-type': 'multipart/form-data' })), 'validation_error')
    const long = `--${boundary}\r\nContent-Disposition: form-data; name="file"; x="${'y'.repeat(50_000)}"\r\n\r\n`
    refuses(await nothing(() => raw(`${long}x\r\n--${boundary}--\r\n`)), 'validation_error')
  })

  it('[MD7] accepts a file of 10 MiB', async () => {
    const { status, body } = await upload(server, ann, [{ content: sized(limits.mediaFileBytes), name: 'a.pdf' }])
    assert.deepEqual([status, body.file_size], [201, limits.mediaFileBytes])
  })

  it('[MD7] refuses one byte more by name (attack 80)', async () => {
    const content = sized(limits.mediaFileBytes + 1)
    refuses(await nothing(() => upload(server, ann, [{ content }])), 'payload_too_large', ['file'])
  })

  it('[MD7] refuses a file of unannounced length beyond the limit, and the client can read why (attack 80)', async () => {
    const refused = await nothing(async () => {
      const { sent, answer } = start({ 'transfer-encoding': 'chunked' })
      sent.write(part('file', 'a.png'))
      for (let n = 0; n < 24; n++) sent.write(Buffer.alloc(1024 * 1024))
      sent.end(`\r\n--${boundary}--\r\n`)
      return answer
    })
    assert.deepEqual([refused?.status, refused?.body.error.code], [413, 'payload_too_large'])
  })

  it('[MD8] ends an upload that sends nothing for a while, with an answer, and leaves nothing (attack 82)', async () => {
    const refused = await nothing(() => {
      const { sent, answer } = start({ 'content-length': '1000000' })
      sent.write(`${part('file', 'a.png')}only a beginning`)
      return answer
    })
    assert.deepEqual([refused?.status, refused?.headers.connection], [400, 'close'])
    assert.deepEqual(Object.keys(refused!.body.error.field_errors), ['file'])
  })

  it('[MD8] does not count a byte now and then as progress (attack 82)', async () => {
    const refused = await nothing(async () => {
      const { sent, answer } = start({ 'content-length': '1000000' })
      sent.write(part('file', 'a.png'))
      const drip = setInterval(() => sent.write('x'), 20)
      return answer.finally(() => clearInterval(drip))
    })
    assert.equal(refused?.status, 400)
  })

  it('[MD8] leaves nothing behind when the client goes away in the middle (attack 82)', async () => {
    await nothing(async () => {
      const { sent, answer } = start({ 'content-length': '5000000' })
      sent.write(part('file', 'a.png'))
      // The server ends an upload that sends nothing for a while.
      const sending = setInterval(() => sent.write(Buffer.alloc(2_048)), 50)
      await eventually(async () => assert.ok((await filesOf(server)).some(name => name.startsWith('drafts')))).finally(
        () => clearInterval(sending),
      )
      sent.destroy()
      await answer
    })
  })

  it('[MD16] treats the same files with the same key as one upload, whatever the boundary; refuses others with that key', async () => {
    const key = { 'idempotency-key': 'once' }
    const content = await png()
    const first = await upload(server, ann, [{ content, name: 'a.png' }], {}, key)
    const before = await filesOf(server)
    const events = await eventsOf(server, async () => {
      const again = await upload(server, ann, [{ content, name: 'a.png' }], {}, key)
      assert.deepEqual([again.status, again.body], [201, first.body])
      refuses(
        await upload(server, ann, [{ content: await png(5, 5), name: 'a.png' }], {}, key),
        'idempotency_key_reused',
      )
      refuses(await upload(server, ann, [{ content, name: 'b.png' }], {}, key), 'idempotency_key_reused')
    })
    assert.deepEqual([events, await filesOf(server)], [[], before])
  })

  it('[MD16] keeps one of ten simultaneous uploads with one key', async () => {
    const before = (await filesOf(server)).length
    const content = await png()
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => upload(server, ann, [{ content }], {}, { 'idempotency-key': 'at once' })),
    )
    assert.equal(new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.id)).size, 1)
    assert.equal((await filesOf(server)).length, before + 2)
  })

  it('[CS2] refuses an upload with a cookie alone (attack 65)', async () => {
    const content = await png()
    const cookie = { cookie: `auth_token=${ann.token}` }
    refuses(await nothing(() => upload(server, null, [{ content }], {}, cookie)), 'csrf_failed')
  })

  it('[BI2] refuses an unseen project and a project that does not exist with the same answer', async () => {
    const bob = await server.user('bob')
    const project = (await bob.rest('POST', '/projects', { name: 'of bob' })).body
    const content = await png()
    const [unseen, none] = [
      await upload(server, ann, [{ content }], { project: project.id }),
      await upload(server, ann, [{ content }], { project: 999_999 }),
    ]
    assert.deepEqual(masked(unseen), masked(none))
  })
})

describe('simultaneous uploads', function () {
  // Decoders have a lower priority than other programs, which may take both cores.
  this.timeout(120_000)
  const begun = async (server: TestServer, client: Client) => {
    const sent = request(`${server.url}/api/v1/blog/media/upload`, {
      method: 'POST',
      headers: { authorization: `Bearer ${client.token}`, 'content-type': 'multipart/form-data; boundary=b' },
    })
    const before = (await filesOf(server)).length
    const answer = new Promise<number>((resolve, reject) =>
      sent.on('error', reject).on('response', ({ statusCode }) => resolve(statusCode!)),
    )
    sent.write('--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n')
    sent.write(pdf())
    await eventually(async () => assert.equal((await filesOf(server)).length, before + 1))
    return { answer, end: () => sent.end('\r\n--b--\r\n') }
  }

  it('[MD21] makes uploads beyond the bound wait, then refuses them: of a person with too many, and of all when there are too many', async () => {
    const receiving = { running: 2, perKey: 1, waiting: 1, waitingPerKey: 1 }
    const server = await startServer({ tuning: { receiving } })
    const [ann, bob, eve] = [await server.user('ann'), await server.user('bob'), await server.user('eve')]
    const [first, other] = [await begun(server, ann), await begun(server, bob)]
    // One of these waits until the first upload ends.
    const waiting = [upload(server, ann, [{ content: pdf() }]), upload(server, ann, [{ content: pdf() }])]
    const [again, third] = [await Promise.race(waiting), await upload(server, eve, [{ content: pdf() }])]
    refuses(again, 'rate_limited')
    refuses(third, 'unavailable')
    for (const { headers } of [again, third]) assert.ok(Number(headers.get('retry-after')) > 0)
    refuses(await sendImport(server.url, ann.token, 'title\na\n'), 'rate_limited')
    first.end()
    other.end()
    assert.deepEqual([await first.answer, await other.answer], [201, 201])
    assert.deepEqual((await Promise.all(waiting)).map(({ status }) => status).toSorted(), [201, 429])
    assert.equal((await upload(server, ann, [{ content: pdf() }])).status, 201)
    await server.close()
  })

  it('[MD24] lets a small picture of another person pass the large ones of one account', async () => {
    const server = await startServer()
    const [ann, bob] = [await server.user('ann'), await server.user('bob')]
    const [small, large] = [await png(), await flatPng({ bits: 16, interlaced: true, width: 2_400, height: 2_400 })]
    assert.equal((await upload(server, bob, [{ content: small }])).status, 201)
    const [first] = await decodersOf(process.pid)
    const all = Array.from({ length: 4 }, () => upload(server, ann, [{ content: large }]))
    const other = await eventually(async () => {
      const pid = (await decodersOf(process.pid)).find(one => one !== first)
      assert.ok(pid !== undefined)
      return pid
    })
    // Stops the decoder of a large picture, as if that took for ever.
    process.kill(other, 'SIGSTOP')
    assert.equal((await upload(server, bob, [{ content: small }])).status, 201)
    process.kill(other, 'SIGCONT')
    assert.deepEqual(new Set((await Promise.all(all)).map(({ status }) => status)), new Set([201]))
    await server.close()
    await eventually(async () => assert.deepEqual(await decodersOf(process.pid), []))
  })

  it('[MD2] checks the right again when the file has arrived', async () => {
    const server = await startServer()
    const ann = await server.user('ann')
    const { answer, end } = await begun(server, ann)
    await expect(ann.rest('POST', '/auth/logout', {}), 204)
    end()
    assert.equal(await answer, 401)
    assert.deepEqual(await filesOf(server), [])
    await server.close()
  })
})

describe('the quota', function () {
  this.timeout(120_000)
  const withQuota = async (env: Record<string, string>) => {
    const server = await startServer({ env })
    return { server, ann: await server.user('ann') }
  }

  it('[MD9] of bytes is never exceeded, not even by fifty simultaneous uploads (attack 87)', async () => {
    const { server, ann } = await withQuota({ MEDIA_QUOTA_MB: '1' })
    const content = Buffer.concat([pdf().subarray(0, 9), Buffer.alloc(99_000, '\n'), pdf().subarray(9)])
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => upload(server, ann, [{ content, name: 'a.pdf' }])),
    )
    const fits = Math.floor((1024 * 1024) / content.length)
    assert.equal(answers.filter(({ status }) => status === 201).length, fits)
    for (const answer of answers.filter(({ status }) => status !== 201)) refuses(answer, 'payload_too_large', ['file'])
    assert.equal((await filesOf(server)).length, fits)
    await server.close()
  })

  it('[MD9] is checked before a form is read, and while it is read', async () => {
    const { server, ann } = await withQuota({ MEDIA_QUOTA_MB: '1' })
    const large = Buffer.concat([pdf().subarray(0, 9), Buffer.alloc(3_000_000, '\n'), pdf().subarray(9)])
    const refused = await upload(server, ann, [{ content: large }])
    refuses(refused, 'payload_too_large', ['file'])
    assert.match(refused.body.error.field_errors.file[0], /all your files together/)
    const sent = request(`${server.url}/api/v1/blog/media/upload`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'multipart/form-data; boundary=b' },
    })
    const answer = new Promise<number>((resolve, reject) =>
      sent.on('error', reject).on('response', ({ statusCode }) => resolve(statusCode!)),
    )
    // Of unknown length; a file that fits comes before one that does not.
    const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    sent.end(Buffer.concat([head, pdf(), '\r\n', head, large, '\r\n--b--\r\n'].map(one => Buffer.from(one))))
    assert.equal(await answer, 413)
    await eventually(async () => assert.deepEqual(await filesOf(server), []))
    await server.close()
  })

  it('[MD9] of files counts each file; deleted files do not count; each person has a quota of their own', async () => {
    const { server, ann } = await withQuota({ MEDIA_QUOTA_FILES: '3' })
    const content = pdf()
    refuses(await upload(server, ann, times(4, content)), 'payload_too_large', ['file'])
    const { body } = await upload(server, ann, times(3, content))
    refuses(await upload(server, ann, [{ content }]), 'payload_too_large', ['file'])
    assert.equal((await upload(server, await server.user('bob'), [{ content }])).status, 201)
    await expect(ann.rest('DELETE', `/blog/media/${body.results[0].id}`), 204)
    assert.equal((await upload(server, ann, [{ content }])).status, 201)
    await server.close()
  })
})

import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addProject, masked, refuses } from '../suites/answers.ts'
import { fetchFile, pdf, photo, png, upload } from '../suites/media.ts'

describe('serving files', () => {
  let server: TestServer
  let ann: Client
  let eve: Client
  let picture: any
  let paper: any
  let bytes: Buffer
  before(async () => {
    server = await startServer()
    ;[ann, eve] = [await server.user('ann'), await server.user('eve')]
    const { id: project } = await addProject(ann)
    bytes = await photo()
    picture = (await upload(server, ann, [{ content: bytes, name: 'sea.jpg' }], { project })).body
    paper = (await upload(server, ann, [{ content: pdf(), name: 'Bücher & 100% mehr.pdf' }], { project })).body
  })
  after(() => server.close())

  const get = (url: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetchFile(server, ann, url, { headers, method })
  const asked = (url: string, client: Client, headers = {}) =>
    client.rest('GET', url.replace('/api/v1', ''), undefined, headers)

  it('[MD1] answers 404 to everybody else, for every way to get the file (attack 35)', async () => {
    for (const part of ['file', 'thumbnail']) {
      const [unseen, none] = [`/api/v1/blog/media/${picture.id}/${part}`, `/api/v1/blog/media/999999/${part}`]
      refuses(await server.rest('GET', unseen.replace('/api/v1', '')), 'unauthenticated')
      for (const headers of [{}, { range: 'bytes=0-1' }, { 'if-none-match': '*' }]) {
        const answer = await asked(unseen, eve, headers)
        refuses(answer, 'not_found')
        assert.deepEqual(masked(answer), masked(await asked(none, eve, headers)))
        for (const url of [unseen, none])
          assert.equal((await fetchFile(server, eve, url, { method: 'HEAD', headers })).status, 404)
      }
    }
  })

  it('[MD1] refuses the file from the moment at which the right ends (attack 35)', async () => {
    const project = await addProject(ann, { visibility: 'internal' })
    const { url } = (await upload(server, ann, [{ content: bytes }], { project: project.id })).body
    const { headers } = await fetchFile(server, eve, url)
    await expect(ann.rest('PATCH', `/projects/${project.id}`, { visibility: 'private' }), 200)
    assert.equal(
      (await fetchFile(server, eve, url, { headers: { 'if-none-match': headers.get('etag')! } })).status,
      404,
    )
  })

  it('[MD1] makes no thumbnail of a document', async () => {
    refuses(await asked(`/api/v1/blog/media/${paper.id}/thumbnail`, ann), 'not_found')
  })

  it('[MD13] serves a file as what it is, and lets browsers neither run nor guess anything (attack 84)', async () => {
    for (const url of [picture.url, picture.thumbnail_url, paper.url]) {
      const { headers } = await get(url)
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      assert.equal(headers.get('content-security-policy'), "sandbox; default-src 'none'")
      assert.equal(headers.get('cache-control'), 'private, no-cache')
      assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin')
    }
  })

  it('[MD13] shows pictures in place, and offers documents for saving, under their names (attack 84)', async () => {
    assert.equal((await get(picture.url)).headers.get('content-disposition'), 'inline; filename="sea.jpg"')
    assert.equal(
      (await get(picture.thumbnail_url)).headers.get('content-disposition'),
      'inline; filename="sea.jpg.webp"',
    )
    assert.equal(
      (await get(paper.url)).headers.get('content-disposition'),
      `attachment; filename="B_cher & 100_ mehr.pdf"; filename*=UTF-8''B%C3%BCcher%20%26%20100%25%20mehr.pdf`,
    )
  })

  it('[MD13] answers like every other error when the file is missing in the storage', async () => {
    const { body } = await upload(server, ann, [{ content: await png() }])
    await rm(join(server.dataDir, 'media', 'files', body.filename.slice(0, 2), body.filename))
    const answer = await asked(body.url, ann)
    refuses(answer, 'not_found')
    for (const name of ['etag', 'content-disposition']) assert.equal(answer.headers.get(name), null)
  })

  it('[MD13] gives a file whose ending is false the ending of its content (attack 84)', async () => {
    const { body } = await upload(server, ann, [{ content: await png(), name: "x'; evil.html", type: 'text/html' }])
    const { headers } = await get(body.url)
    assert.equal(headers.get('content-disposition'), `inline; filename="x'; evil.html.png"`)
    assert.equal(headers.get('content-type'), 'image/png')
  })

  it('[MD14] answers HEAD like GET without the file, and ignores ranges', async () => {
    const whole = await get(picture.url)
    for (const range of ['', 'bytes=2-5', 'bytes=999999999-']) {
      const head = await get(picture.url, { range }, 'HEAD')
      for (const name of ['content-length', 'content-type', 'etag', 'content-range', 'accept-ranges'])
        assert.equal(head.headers.get(name), whole.headers.get(name), name)
      assert.deepEqual([head.status, head.content.length], [200, 0])
    }
  })

  it('[MD14] does not send a file again to a client that has it', async () => {
    const { headers } = await get(picture.url)
    const again = await get(picture.url, { 'if-none-match': headers.get('etag')! })
    assert.deepEqual([again.status, again.content.length, again.headers.get('etag')], [304, 0, headers.get('etag')])
    assert.equal((await get(picture.url, { 'if-none-match': '"other"' })).status, 200)
    assert.notEqual((await get(picture.thumbnail_url)).headers.get('etag'), headers.get('etag'))
  })

  const end = () => bytes.length - 1
  const parts: [string, () => [number, number]][] = [
    ['bytes=0-0', () => [0, 0]],
    ['bytes=10-19', () => [10, 19]],
    ['bytes=100-', () => [100, end()]],
    ['bytes=-7', () => [end() - 6, end()]],
    ['bytes=5-999999999', () => [5, end()]],
    ['bytes=-999999999', () => [0, end()]],
  ]
  for (const [range, place] of parts)
    it(`[MD14] serves ${range} as a part`, async () => {
      const [from, to] = place()
      const { status, headers, content } = await get(picture.url, { range })
      assert.equal(status, 206)
      assert.equal(headers.get('content-range'), `bytes ${from}-${to}/${bytes.length}`)
      assert.equal(headers.get('content-length'), String(to - from + 1))
      assert.ok(content.equals(bytes.subarray(from, to + 1)))
    })

  for (const range of ['bytes=5-2', 'bytes=-', 'bytes=0-1,4-5', 'items=0-1', 'bytes=a-b', 'bytes=1e3-'])
    it(`[MD14] ignores ${range} and sends the whole file`, async () => {
      const { status, content } = await get(picture.url, { range })
      assert.deepEqual([status, content.equals(bytes)], [200, true])
    })

  for (const range of ['bytes=999999999-', 'bytes=-0'])
    it(`[MD14] answers 416 to ${range}, with the size of the file`, async () => {
      const { status, headers, content } = await get(picture.url, { range })
      assert.deepEqual([status, headers.get('content-range')], [416, `bytes */${bytes.length}`])
      assert.deepEqual(Object.keys(JSON.parse(content.toString()).error.field_errors), ['Range'])
    })

  it('[MD14] sends the whole file when If-Range names another version', async () => {
    const etag = (await get(picture.url)).headers.get('etag')!
    const part = { range: 'bytes=0-1' }
    assert.equal((await get(picture.url, { ...part, 'if-range': etag })).status, 206)
    assert.equal((await get(picture.url, { ...part, 'if-range': '"older"' })).status, 200)
  })

  it('[BI2] refuses bad ids and unknown parameters by name', async () => {
    refuses(await ann.rest('GET', '/blog/media/x/file'), 'validation_error', ['id'])
    refuses(await ann.rest('GET', `/blog/media/${picture.id}/file?token=x`), 'validation_error', ['token'])
    refuses(await ann.rest('PUT', `/blog/media/${picture.id}/file`), 'method_not_allowed')
  })
})

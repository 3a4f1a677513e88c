import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { eventually } from '../support/eventually.ts'
import { type OEmbed, type OEmbedAnswer, startOEmbed, talk, videoId } from '../support/oembed.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, created, refuses } from '../suites/answers.ts'
import { eventsOf } from '../suites/event-log.ts'

const usual: OEmbedAnswer = {
  body: {
    title: 'How it works',
    author_name: 'Somebody',
    thumbnail_url: 'https://i.ytimg.com/vi/x/hqdefault.jpg',
    duration: 90,
    html: '<iframe src="https://evil.example"></iframe>',
  },
}

describe('import of videos', () => {
  let server: TestServer
  let oembed: OEmbed
  let [ann, bob, eve]: Client[] = []
  let last = 0
  before(async () => {
    oembed = await startOEmbed(() => usual)
    const env = { ...oembed.env, OUTBOUND_ALLOW_PRIVATE: 'true' }
    server = await startServer({ env, tuning: { jobBackoffMs: 5 } })
    ;[ann, bob, eve] = await Promise.all(['ann', 'bob', 'eve'].map(name => server.user(name)))
  })
  after(async () => {
    await server.close()
    await oembed.close()
  })
  beforeEach(() => {
    oembed.answerWith(() => usual)
    oembed.asked.splice(0)
  })

  const fresh = () => talk(++last)
  const begin = (client: Client, body: object, headers = {}) => client.rest('POST', '/import/videos', body, headers)
  const ended = (client: Client, id: number) =>
    eventually(async () => {
      const { data } = (await expect(client.rest('GET', `/batch/status?id=${id}`), 200)).body
      assert.notEqual(data.completed_at, null)
      return data
    })
  const importing = async (client: Client, body: object) => {
    const { data } = (await expect(begin(client, body), 202)).body
    return ended(client, data.id)
  }
  const itemOf = async (url: string, client = ann!) => (await importing(client, { urls: [url] })).result.items[0]
  const get = async (id: number, client = ann!) => (await expect(client.rest('GET', `/videos/${id}`), 200)).body

  it('[VI10] refuses strangers, and people who may not add to the project', async () => {
    refuses(await server.rest('POST', '/import/videos', { urls: [talk(1)] }), 'unauthenticated')
    const project = await addProject(ann!)
    const urls = [talk(1)]
    refuses(await begin(eve!, { urls, project: project.id }), 'validation_error', ['project'])
    await addMember(ann!, project, bob!, 'viewer')
    refuses(await begin(bob!, { urls, project: project.id }), 'forbidden')
    await expect(ann!.rest('PATCH', `/projects/${project.id}`, { status: 'archived' }), 200)
    refuses(await begin(ann!, { urls, project: project.id }), 'conflict')
    assert.deepEqual(oembed.asked, [])
  })

  for (const [body, field] of [
    [{}, 'urls'],
    [{ urls: [] }, 'urls'],
    [{ urls: 'https://youtu.be/x' }, 'urls'],
    [{ urls: Array.from({ length: 101 }, (_, n) => talk(n)) }, 'urls'],
    [{ urls: [{ $ne: null }] }, 'urls.0'],
    [{ urls: ['x'.repeat(2_001)] }, 'urls.0'],
    [{ urls: ['x'], visibility: 'private' }, 'visibility'],
  ] as const)
    it(`[VI10] refuses ${JSON.stringify(body).slice(0, 40)} by name`, async () => {
      refuses(await begin(ann!, body), 'validation_error', [field])
    })

  it('[VI10] answers with a job, which reports the result of each address, in their order', async () => {
    const project = await addProject(ann!)
    const url = fresh()
    const answer = await expect(begin(ann!, { urls: [url, 'https://example.com/', url], project: project.slug }), 202)
    assert.deepEqual(
      [answer.body.success, answer.body.data.type, answer.body.data.total_items],
      [true, 'import_videos', 3],
    )
    const job = await ended(ann!, answer.body.data.id)
    const { items, ...counts } = job.result
    assert.deepEqual([job.status, job.processed_items, job.failed_items], ['completed', 3, 1])
    assert.deepEqual(counts, { imported: 1, duplicates: 1, failed: 1 })
    const { video_id } = items[0]
    const message = 'The address is neither on YouTube nor on Vimeo.'
    assert.deepEqual(items, [
      { url, status: 'imported', video_id },
      { url: 'https://example.com/', status: 'failed', code: 'validation_error', message },
      { url, status: 'duplicate', video_id },
    ])
    const { title, author_name, thumbnail_url, duration_seconds, project_id, created_by, visibility } =
      await get(video_id)
    assert.deepEqual(
      [title, author_name, thumbnail_url, duration_seconds, project_id, created_by, visibility],
      ['How it works', 'Somebody', usual.body!['thumbnail_url' as never], 90, project.id, ann!.person.id, 'internal'],
    )
  })

  it('[VI10] reports each video as it is added, to those who may see it', async () => {
    const project = await addProject(ann!)
    const events = await eventsOf(server, () => importing(ann!, { urls: [fresh(), fresh()], project: project.id }))
    assert.deepEqual(
      events.filter(({ event }) => event !== 'notification').map(({ event, scope }) => [event, scope]),
      [
        ['video_created', `p${project.id}`],
        ['video_created', `p${project.id}`],
      ],
    )
  })

  it('[VI11] reports a video of the same library as a duplicate, without asking the provider', async () => {
    const project = await addProject(ann!)
    const url = fresh()
    const first = await created(ann!, '/videos', { title: 'by hand', url, project: project.id })
    const other = `https://youtu.be/${videoId(last)}?t=3`
    const job = await importing(ann!, { urls: [other], project: project.id })
    assert.deepEqual(job.result.items, [{ url: other, status: 'duplicate', video_id: first.id }])
    assert.deepEqual(oembed.asked, [])
    assert.equal((await itemOf(url)).status, 'imported')
    assert.equal((await itemOf(url, bob)).status, 'duplicate')
  })

  it('[VI11] does not treat another person’s private video as a duplicate', async () => {
    const url = fresh()
    await created(eve!, '/videos', { title: 'secret', url, visibility: 'private' })
    assert.equal((await itemOf(url)).status, 'imported')
  })

  it('[VI11] adds a video once when two imports have it at the same time', async () => {
    const urls = [fresh()]
    const jobs = await Promise.all([ann!, bob!, eve!].map(client => importing(client, { urls })))
    assert.deepEqual(jobs.map(({ result }) => result.items[0].status).sort(), ['duplicate', 'duplicate', 'imported'])
    assert.equal(new Set(jobs.map(({ result }) => result.items[0].video_id)).size, 1)
  })

  for (const [status, code] of [
    [400, 'not_found'],
    [401, 'forbidden'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [302, 'unavailable'],
  ] as const)
    it(`[VI12] fails an address for good with ${code} on an answer of ${status}`, async () => {
      oembed.answerWith(() => ({ status, headers: { location: `${oembed.url}/elsewhere` } }))
      const { status: became, code: why } = await itemOf(fresh())
      assert.deepEqual([became, why, oembed.asked.length], ['failed', code, 1])
    })

  for (const [what, answer] of Object.entries<OEmbedAnswer>({
    'no JSON': { body: '<title>x</title>', type: 'application/json' },
    HTML: { body: '<title>x</title>', type: 'text/html' },
    'JSON that says it is HTML': { ...usual, type: 'text/html' },
    'a list': { body: [1] },
    null: { body: 'null' },
    'more than 64 KB': { body: `{"title":"x"}${' '.repeat(70_000)}` },
    'a bomb': { body: gzipSync(`{"title":"x"}${' '.repeat(20_000_000)}`), headers: { 'content-encoding': 'gzip' } },
    nonsense: { body: 'x', headers: { 'content-encoding': 'br' } },
  }))
    it(`[VI12] fails an address for good on an answer that is ${what}`, async () => {
      oembed.answerWith(() => answer)
      const { status, code, message } = await itemOf(fresh())
      assert.deepEqual(
        [status, code, message, oembed.asked.length],
        ['failed', 'unavailable', 'The provider’s answer cannot be read.', 1],
      )
    })

  it('[VI12] treats answers as a stranger’s text: shortened, cleaned, with links to http and https only', async () => {
    const title = `<script>alert(1)</script>\n\u0000${'x'.repeat(1_000)}`
    for (const thumbnail_url of [
      'javascript:alert(1)',
      'https://user:pass@x.example/',
      `https://x.example/${'x'.repeat(3_000)}`,
      7,
    ]) {
      oembed.answerWith(() => ({
        body: { title, author_name: { $ne: 1 }, description: '\ud83d', thumbnail_url, duration: -1 },
      }))
      const video = await get((await itemOf(fresh())).video_id)
      assert.equal(video.title, `<script>alert(1)</script> ${'x'.repeat(474)}`)
      assert.deepEqual(
        [video.author_name, video.description, video.thumbnail_url, video.duration_seconds],
        [null, '\ufffd', null, null],
      )
    }
    oembed.answerWith(() => ({ body: {} }))
    const url = fresh()
    assert.equal((await get((await itemOf(url)).video_id)).title, url)
  })

  it('[VI12] calls only the two endpoints, with an address that the server builds', async () => {
    await importing(ann!, {
      urls: [
        `https://m.youtube.com/shorts/${videoId(++last)}?x=<script>`,
        'https://player.vimeo.com/video/4242?h=abcdef12',
      ],
    })
    assert.deepEqual(
      oembed.asked.map(path => path.split('?')[0]),
      ['/youtube', '/vimeo'],
    )
    assert.deepEqual(oembed.askedAbout(), [talk(last), 'https://vimeo.com/4242/abcdef12'])
  })

  it('[VI13] asks a provider again that does not answer, with pauses, and does not repeat what is done', async () => {
    const [one, two] = [fresh(), fresh()]
    let failures = 0
    oembed.answerWith(address => (address === two && failures++ < 2 ? { status: failures === 1 ? 503 : 429 } : usual))
    const job = await importing(ann!, { urls: [one, two] })
    assert.deepEqual(
      job.result.items.map(({ status }: any) => status),
      ['imported', 'imported'],
    )
    assert.deepEqual(oembed.askedAbout(), [one, two, two, two])
  })

  it('[VI13] fails an address after three tries, and tries the next ones once until one is answered', async () => {
    const [one, two, three, four] = [fresh(), fresh(), fresh(), fresh()]
    oembed.answerWith(address => (address === three ? usual : { status: 500, body: 'secret inner workings' }))
    const job = await importing(ann!, { urls: [one, two, three, four] })
    assert.deepEqual(
      job.result.items.map(({ status, code }: any) => [status, code]),
      [
        ['failed', 'unavailable'],
        ['failed', 'unavailable'],
        ['imported', undefined],
        ['failed', 'unavailable'],
      ],
    )
    assert.doesNotMatch(JSON.stringify(job), /secret/)
    assert.deepEqual(oembed.askedAbout(), [one, one, one, two, three, four, four, four])
  })

  it('[VI14] imports nothing more when the importer may no longer add to the project', async () => {
    const project = await addProject(ann!)
    await addMember(ann!, project, bob!, 'editor')
    const { promise, resolve } = Promise.withResolvers<void>()
    oembed.answerWith(() => ({ ...usual, until: promise }))
    const { data } = (await expect(begin(bob!, { urls: [fresh(), fresh()], project: project.id }), 202)).body
    await eventually(() => assert.equal(oembed.asked.length, 1))
    await addMember(ann!, project, bob!, 'viewer')
    resolve()
    const job = await ended(bob!, data.id)
    assert.deepEqual(
      [job.status, job.processed_items, job.error],
      ['failed', 0, 'Only editors and owners of the project may do this.'],
    )
  })

  it('[VI10] starts one job for one key', async () => {
    const urls = [fresh()]
    const [one, two] = [
      await begin(ann!, { urls }, { 'idempotency-key': 'i' }),
      await begin(ann!, { urls }, { 'idempotency-key': 'i' }),
    ]
    assert.equal(one.body.data.id, two.body.data.id)
    await ended(ann!, one.body.data.id)
  })
})

describe('import of videos, when private addresses are forbidden', () => {
  let oembed: OEmbed
  before(async () => void (oembed = await startOEmbed(() => usual)))
  after(() => oembed.close())

  for (const host of ['127.0.0.1', 'localhost'])
    it(`[OU1] does not call an endpoint at ${host} (attack 98)`, async () => {
      const env = { OEMBED_YOUTUBE_URL: `http://${host}:${oembed.port}/youtube` }
      const server = await startServer({ env })
      const { data } = (await expect(server.admin.rest('POST', '/import/videos', { urls: [talk(1)] }), 202)).body
      const job = await eventually(async () => {
        const { body } = await server.admin.rest('GET', `/batch/status?id=${data.id}`)
        assert.equal(body.data.status, 'completed')
        return body.data
      })
      assert.equal(job.result.items[0].code, 'forbidden')
      assert.deepEqual(oembed.asked, [])
      await server.close()
    })
})

import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, created, masked, refuses } from '../suites/answers.ts'
import { eventsOf, type Logged } from '../suites/event-log.ts'

const talk = 'https://www.youtube.com/watch?v=dQw4w9WgXcQ'

describe('videos', () => {
  let server: TestServer
  let [ann, bob, eve]: Client[] = []
  let project: any
  before(async () => {
    server = await startServer()
    ;[ann, bob, eve] = await Promise.all(['ann', 'bob', 'eve'].map(name => server.user(name)))
    project = await addProject(ann!)
    await addMember(ann!, project, bob!, 'viewer')
  })
  after(() => server.close())

  const add = (client: Client, fields: object = {}) =>
    created(client, '/videos', { title: 'A talk', url: talk, ...fields })
  const get = (client: Client, { id }: any) => client.rest('GET', `/videos/${id}`)
  const change = (client: Client, { id }: any, body: object, headers = {}) =>
    client.rest('PATCH', `/videos/${id}`, body, headers)
  const remove = (client: Client, { id }: any) => client.rest('DELETE', `/videos/${id}`)
  const titles = async (client: Client, query: string) =>
    (await expect(client.rest('GET', `/videos?${query}`), 200)).body.results.map(({ title }: any) => title)
  const summary = (events: Logged[]) =>
    events.map(({ event, scope, payload }) => [event, scope, payload.version ?? payload.video.version])

  it('[VI1] answers 404 for videos of a project that the caller may not see, and leaves them out of lists', async () => {
    const video = await add(ann!, { project: project.id })
    for (const [method, body] of [['GET'], ['PATCH', { title: 'x' }], ['DELETE']] as const) {
      const [unseen, none] = await Promise.all([video.id, 999_999].map(id => eve!.rest(method, `/videos/${id}`, body)))
      refuses(unseen!, 'not_found')
      assert.deepEqual(masked(unseen!), masked(none!))
    }
    assert.deepEqual(await titles(eve!, `project=${project.id}`), [])
    const sent = { title: 'x', url: talk, project: project.id }
    refuses(await eve!.rest('POST', '/videos', sent), 'validation_error', ['project'])
  })

  it('[VI1] hides another person’s private video, also from owners of the project', async () => {
    const ed = await server.user('ed')
    await addMember(ann!, project, ed, 'editor')
    const video = await add(ed, { title: 'Rehearsal', visibility: 'private', project: project.id })
    for (const other of [ann!, eve!]) {
      refuses(await get(other, video), 'not_found')
      refuses(await change(other, video, { visibility: 'internal' }), 'not_found')
      refuses(await remove(other, video), 'not_found')
      for (const query of ['search=rehearsal', 'visibility=private', `created_by=${ed.person.id}`])
        assert.deepEqual(await titles(other, query), [])
    }
    for (const reader of [ed, server.admin]) assert.deepEqual(await titles(reader, 'search=rehearsal'), ['Rehearsal'])
  })

  it('[VI2] creates a video from a title and an address, which gives the provider', async () => {
    const { status, headers, body } = await ann!.rest('POST', '/videos', { title: 'A talk', url: talk })
    const { id, created_at, updated_at, ...rest } = body
    assert.deepEqual([status, headers.get('location'), headers.get('etag')], [201, `/api/v1/videos/${id}`, '"1"'])
    assert.equal(created_at, updated_at)
    assert.deepEqual(rest, {
      title: 'A talk',
      description: '',
      provider: 'youtube',
      provider_id: 'dQw4w9WgXcQ',
      url: talk,
      thumbnail_url: null,
      duration_seconds: null,
      author_name: null,
      tags: [],
      visibility: 'internal',
      project_id: null,
      created_by: ann!.person.id,
      version: 1,
    })
  })

  it('[VI2] refuses a provider that contradicts the address', async () => {
    const sourceOf = async (fields: object) => {
      const { provider, provider_id } = await add(ann!, fields)
      return [provider, provider_id]
    }
    const elsewhere = 'https://video.example.com/1.mp4'
    assert.deepEqual(await sourceOf({ url: 'https://vimeo.com/76979871' }), ['vimeo', '76979871'])
    assert.deepEqual(await sourceOf({ url: elsewhere }), ['url', null])
    assert.deepEqual(await sourceOf({ url: elsewhere, provider: 'upload', provider_id: 'a1' }), ['upload', 'a1'])
    assert.deepEqual(await sourceOf({ provider: 'youtube', provider_id: 'dQw4w9WgXcQ' }), ['youtube', 'dQw4w9WgXcQ'])
    for (const [field, sent] of [
      ['provider', { provider: 'vimeo' }],
      ['provider', { provider: 'youtube', url: elsewhere }],
      ['provider_id', { provider_id: 'another' }],
    ] as const)
      refuses(await ann!.rest('POST', '/videos', { title: 'x', url: talk, ...sent }), 'validation_error', [field])
  })

  it('[VI16] removes what is pasted around an address, and keeps what may belong to it', async () => {
    for (const [pasted, url, id] of [
      [`‹${talk}›`, talk, 'dQw4w9WgXcQ'],
      [`(see ${talk}).`.slice(5), talk, 'dQw4w9WgXcQ'],
      ['\u200bhttps://vimeo.com/76979871/settings,\ufeff', 'https://vimeo.com/76979871/settings', '76979871'],
      ['<https://en.example.com/wiki/D.C._(film).>', 'https://en.example.com/wiki/D.C._(film).', null],
    ] as const) {
      const video = await add(ann!, { url: pasted })
      assert.deepEqual([video.url, video.provider_id], [url, id])
      const changed = await expect(change(ann!, video, { url: `"${pasted}"` }), 200)
      assert.deepEqual([changed.body.url, changed.body.version], [url, 1])
    }
  })

  it('[VI2] derives the provider again from a new address, and keeps it with any other change', async () => {
    const video = await add(ann!, { url: 'https://video.example.com/1', provider: 'upload', provider_id: 'a1' })
    const after = async (body: object) => {
      const { provider, provider_id } = (await expect(change(ann!, video, body), 200)).body
      return [provider, provider_id]
    }
    assert.deepEqual(await after({ title: 'y' }), ['upload', 'a1'])
    assert.deepEqual(await after({ url: talk }), ['youtube', 'dQw4w9WgXcQ'])
    assert.deepEqual(await after({ title: 'z' }), ['youtube', 'dQw4w9WgXcQ'])
    assert.deepEqual(await after({ url: 'https://video.example.com/2' }), ['url', null])
  })

  for (const url of [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    '//evil.example',
    'https:evil.example',
    'https://user:pass@example.com/',
    'https://exa mple.com/',
    'https://example.com/"onerror="x',
    'https://example.com\\@evil.example',
    'https://example.com/\u0000',
    'https://exam\u200bple.com/a.mp4',
    'https://example.com/\u202e4pm.a',
    'http://[::1',
    `https://example.com/${'x'.repeat(2_000)}`,
  ])
    it(`[VI3] refuses ${JSON.stringify(url).slice(0, 40)} as the address of a video or of its picture`, async () => {
      refuses(await ann!.rest('POST', '/videos', { title: 'x', url }), 'validation_error', ['url'])
      const sent = { title: 'x', url: talk, thumbnail_url: url }
      refuses(await ann!.rest('POST', '/videos', sent), 'validation_error', ['thumbnail_url'])
    })

  for (const [field, value] of [
    ['tags', ['a', 'a']],
    ['tags', Array.from({ length: 21 }, (_, n) => `t${n}`)],
    ['tags', ['x'.repeat(51)]],
    ['tags', [' a']],
    ['tags', 'a'],
    ['duration_seconds', -1],
    ['duration_seconds', 2 ** 31],
    ['visibility', 'public'],
    ['provider', 'vine'],
    ['created_by', 1],
  ] as const)
    it(`[VI3] refuses ${JSON.stringify(value).slice(0, 30)} as ${field}`, async () => {
      const named = (name: string) => name.split('.')[0]
      const error = refuses(
        await ann!.rest('POST', '/videos', { title: 'x', url: talk, [field]: value }),
        'validation_error',
      )
      assert.deepEqual(Object.keys(error.field_errors!).map(named), [field])
    })

  it('[VI3] keeps text to the byte, whatever it looks like', async () => {
    const text = `<script>alert(1)</script>' or 1=1-- \ud83d\ude00`
    const video = await add(ann!, { title: text, description: text, author_name: text, tags: ['<b>'] })
    const { body } = await get(eve!, video)
    assert.deepEqual([body.title, body.description, body.author_name, body.tags], [text, text, text, ['<b>']])
  })

  it('[VI4] lets editors change a video in a project, and outside of projects whoever added it and administrators', async () => {
    const inside = await add(ann!, { project: project.id })
    refuses(await bob!.rest('POST', '/videos', { title: 'x', url: talk, project: project.id }), 'forbidden')
    refuses(await change(bob!, inside, { title: 'x' }), 'forbidden')
    refuses(await remove(bob!, inside), 'forbidden')
    const open = await add(eve!)
    refuses(await change(ann!, open, { title: 'x' }), 'forbidden')
    refuses(await remove(ann!, open), 'forbidden')
    await expect(change(server.admin, open, { title: 'moderated' }), 200)
    await expect(remove(eve!, open), 204)
    refuses(await get(eve!, open), 'not_found')
    refuses(await change(ann!, inside, { project: null }), 'validation_error', ['project'])
  })

  it('[VI4] refuses to add, change or delete videos in an archived project', async () => {
    const old = await addProject(ann!)
    const video = await add(ann!, { project: old.id })
    await expect(ann!.rest('PATCH', `/projects/${old.id}`, { status: 'archived' }), 200)
    refuses(await ann!.rest('POST', '/videos', { title: 'x', url: talk, project: old.id }), 'conflict')
    refuses(await change(ann!, video, { title: 'x' }), 'conflict')
    refuses(await remove(ann!, video), 'conflict')
  })

  it('[VI5] makes one version and one event for a change, none when nothing changes; refuses a stale version', async () => {
    const video = await add(ann!, { project: project.id, tags: ['a'] })
    const [one, ...more] = await eventsOf(server, () => expect(change(ann!, video, { tags: ['b', 'a'] }), 200))
    assert.deepEqual(
      [one!.event, one!.scope, one!.payload.changed, more],
      ['video_updated', `p${project.id}`, ['tags'], []],
    )
    assert.deepEqual(one!.payload.video, (await get(bob!, video)).body)
    const nothing = () => expect(change(ann!, video, { tags: ['b', 'a'], title: 'A talk' }), 200)
    assert.deepEqual(await eventsOf(server, nothing), [])
    const stale = await change(ann!, video, { title: 'x' }, { 'if-match': '"1"' })
    assert.equal((refuses(stale, 'version_conflict').details as any).current.version, 2)
  })

  it('[VI6] reports a video to all others as created when it becomes visible, and as deleted when it becomes private', async () => {
    const scope = `p${project.id}`
    const events = await eventsOf(server, async () => {
      const video = await add(ann!, { project: project.id, visibility: 'private' })
      await expect(change(ann!, video, { title: 'Mine' }), 200)
      await expect(change(ann!, video, { visibility: 'internal' }), 200)
      await expect(change(ann!, video, { visibility: 'private' }), 200)
      await expect(remove(ann!, video), 204)
    })
    assert.deepEqual(summary(events), [
      ['video_created', `${scope}/`, 1],
      ['video_updated', `${scope}/`, 2],
      ['video_created', scope, 3],
      ['video_deleted', scope, 4],
      ['video_created', `${scope}/`, 4],
      ['video_deleted', `${scope}/`, 5],
    ])
    const { results } = (await expect(ann!.rest('GET', `/projects/${project.id}/activity`), 200)).body
    assert.deepEqual(
      results.slice(0, 2).map(({ event, subject }: any) => [event, subject.title]),
      [
        ['video_deleted', 'Mine'],
        ['video_created', 'Mine'],
      ],
    )
  })

  it('[VI7] filters videos by each filter, and sorts them', async () => {
    const own = await addProject(ann!)
    const fields = { project: own.id, tags: ['go', 'db'], duration_seconds: 90, author_name: 'Ünal' }
    await add(ann!, { title: 'One', ...fields })
    await add(ann!, {
      title: 'Two',
      project: own.id,
      url: 'https://example.com/x',
      description: 'unlike',
      duration_seconds: 30,
    })
    await add(ann!, {
      title: 'Three',
      project: own.id,
      url: 'https://vimeo.com/1',
      visibility: 'private',
      tags: ['go'],
    })
    const inOwn = (query: string) => titles(ann!, `project=${own.slug}&sort=title&${query}`)
    assert.deepEqual(await inOwn(''), ['One', 'Three', 'Two'])
    assert.deepEqual(await inOwn('provider=vimeo&provider=url'), ['Three', 'Two'])
    assert.deepEqual(await inOwn('tag=go'), ['One', 'Three'])
    assert.deepEqual(await inOwn('tag=db&tag=none'), ['One'])
    assert.deepEqual(await inOwn('visibility=private'), ['Three'])
    assert.deepEqual(await inOwn('search=unal'), ['One'])
    assert.deepEqual(await inOwn('search=unlike'), ['Two'])
    assert.deepEqual(await inOwn(`created_by=${bob!.person.id}`), [])
    assert.deepEqual(await inOwn('created_at_start=2100-01-01T00:00:00Z'), [])
    assert.deepEqual(await inOwn('updated_at_end=2100-01-01T00:00:00Z'), ['One', 'Three', 'Two'])
    assert.deepEqual(await titles(ann!, `project=${own.id}&sort=-duration_seconds`), ['One', 'Two', 'Three'])
    const first = (
      await expect(ann!.rest('GET', `/videos?project=${own.id}&sort=duration_seconds&page_size=2&cursor=`), 200)
    ).body
    const second = (await expect(ann!.rest('GET', first.next.replace('/api/v1', '')), 200)).body
    assert.deepEqual(
      [...first.results, ...second.results].map(({ title }: any) => title),
      ['Two', 'One', 'Three'],
    )
    for (const bad of ['provider=x', 'tag=a%00', 'created_by=x', 'created_at_start=2026-01-01', 'sort=url'])
      refuses(await ann!.rest('GET', `/videos?${bad}`), 'validation_error', [bad.split('=')[0]!])
  })

  it('[VI7] deletes the videos of a project with it', async () => {
    const doomed = await addProject(ann!)
    const video = await add(ann!, { project: doomed.id })
    const events = await eventsOf(server, () => expect(ann!.rest('DELETE', `/projects/${doomed.id}`), 204))
    assert.deepEqual(
      events.map(({ event }) => event),
      ['project_deleted'],
    )
    refuses(await get(ann!, video), 'not_found')
  })
})

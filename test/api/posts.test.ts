import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, created, masked, refuses } from '../suites/answers.ts'
import { eventsOf } from '../suites/event-log.ts'

describe('posts', () => {
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

  const write = (client: Client, fields: object = {}) => created(client, '/blog/posts', { title: 'News', ...fields })
  const publish = (client: Client, fields: object = {}) => write(client, { status: 'published', ...fields })
  const get = (client: Client, ref: unknown) => client.rest('GET', `/blog/posts/${ref}`)
  const change = (client: Client, { id }: any, body: object, headers = {}) =>
    client.rest('PATCH', `/blog/posts/${id}`, body, headers)
  const remove = (client: Client, { id }: any) => client.rest('DELETE', `/blog/posts/${id}`)
  const list = async (client: Client, query: string): Promise<any> =>
    (await expect(client.rest('GET', `/blog/posts?${query}`), 200)).body
  const titles = async (client: Client, query: string) =>
    (await list(client, query)).results.map(({ title }: any) => title)

  it('[PO1] answers 404 for posts of a project that the caller may not see, and leaves them out of lists', async () => {
    const post = await publish(ann!, { project: project.id })
    for (const [method, body] of [['GET'], ['PATCH', { title: 'x' }], ['DELETE']] as const) {
      const [unseen, none] = await Promise.all(
        [post.id, 999_999].map(id => eve!.rest(method, `/blog/posts/${id}`, body)),
      )
      refuses(unseen!, 'not_found')
      assert.deepEqual(masked(unseen!), masked(none!))
    }
    assert.equal((await list(eve!, `project=${project.id}`)).count, 0)
    const answer = await eve!.rest('POST', '/blog/posts', { title: 'x', project: project.id })
    refuses(answer, 'validation_error', ['project'])
  })

  it('[PO2] creates a draft of its author from a title alone', async () => {
    const { status, headers, body } = await ann!.rest('POST', '/blog/posts', { title: 'Été à Paris' })
    const { id, created_at, updated_at, slug, ...rest } = body
    assert.deepEqual([status, headers.get('location'), headers.get('etag')], [201, `/api/v1/blog/posts/${id}`, '"1"'])
    assert.match(slug, /^ete-a-paris/)
    assert.equal(created_at, updated_at)
    assert.deepEqual(rest, {
      title: 'Été à Paris',
      body: '',
      status: 'draft',
      cover_media_id: null,
      media_ids: [],
      author_id: ann!.person.id,
      project_id: null,
      published_at: null,
      version: 1,
    })
  })

  it('[PO2] keeps text to the byte, whatever it looks like', async () => {
    const body = `<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>\n\u202e\ud83d\ude00 ' or 1=1--`
    const post = await publish(ann!, { body, title: '<b>bold</b>' })
    const answer = await get(eve!, post.id)
    assert.deepEqual([answer.body.body, answer.body.title], [body, '<b>bold</b>'])
    assert.match(answer.headers.get('content-type')!, /^application\/json/)
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
  })

  it('[PO2] keeps a hundred thousand characters, and refuses more', async () => {
    const long = 'a bc '.repeat(20_000)
    assert.equal((await publish(ann!, { body: long })).body, long)
    refuses(await ann!.rest('POST', '/blog/posts', { title: 'x', body: `${long}.` }), 'validation_error', ['body'])
  })

  for (const [field, value] of Object.entries({
    title: ' ',
    slug: '123',
    status: 'public',
    media_ids: [1, 1],
    cover_media_id: 0,
    author_id: 1,
    published_at: '2026-01-01T00:00:00Z',
    version: 7,
  }))
    it(`[PO2] refuses ${JSON.stringify(value)} as ${field}`, async () => {
      refuses(await ann!.rest('POST', '/blog/posts', { title: 'x', [field]: value }), 'validation_error', [field])
    })

  it('[PO3] finds a post by id and by slug, which is unique and never all digits', async () => {
    const post = await publish(ann!, { title: '2026' })
    assert.equal(post.slug, 'post-2026')
    for (const ref of [post.id, 'post-2026']) assert.equal((await expect(get(bob!, ref), 200)).body.id, post.id)
    assert.equal((await publish(ann!, { title: '2026' })).slug, 'post-2026-2')
    const taken = { title: 'x', slug: 'post-2026' }
    assert.deepEqual(refuses(await ann!.rest('POST', '/blog/posts', taken), 'conflict').field_errors, {
      slug: ['is taken'],
    })
    const other = await publish(ann!, { slug: 'my-own' })
    refuses(await change(ann!, other, { slug: 'post-2026' }), 'conflict', ['slug'])
    await expect(change(ann!, other, { slug: 'my-other' }), 200)
    refuses(await get(ann!, 'my-own'), 'not_found')
  })

  it('[PO4] lets the editors of a project write and change its posts, whoever wrote them', async () => {
    const editor = await server.user('ed')
    await addMember(ann!, project, editor, 'editor')
    const post = await publish(editor, { project: project.slug })
    assert.equal(post.project_id, project.id)
    refuses(await bob!.rest('POST', '/blog/posts', { title: 'x', project: project.id }), 'forbidden')
    refuses(await change(bob!, post, { title: 'x' }), 'forbidden')
    refuses(await remove(bob!, post), 'forbidden')
    await expect(change(ann!, post, { title: 'edited' }), 200)
    await expect(remove(ann!, post), 204)
  })

  it('[PO4] lets everybody write without a project, and only the author and administrators change such a post', async () => {
    const post = await publish(eve!)
    refuses(await change(ann!, post, { title: 'x' }), 'forbidden')
    refuses(await remove(ann!, post), 'forbidden')
    await expect(change(eve!, post, { title: 'mine' }), 200)
    await expect(change(server.admin, post, { title: 'moderated' }), 200)
    await expect(remove(server.admin, post), 204)
    refuses(await get(eve!, post.id), 'not_found')
  })

  it('[PO4] refuses to write, change or delete posts in an archived project', async () => {
    const old = await addProject(ann!)
    const post = await publish(ann!, { project: old.id })
    await expect(ann!.rest('PATCH', `/projects/${old.id}`, { status: 'archived' }), 200)
    refuses(await ann!.rest('POST', '/blog/posts', { title: 'x', project: old.id }), 'conflict')
    refuses(await change(ann!, post, { title: 'x' }), 'conflict')
    refuses(await remove(ann!, post), 'conflict')
    await expect(get(ann!, post.id), 200)
  })

  it('[PO4] refuses to move a post to another project', async () => {
    refuses(await change(ann!, await write(ann!), { project: project.id }), 'validation_error', ['project'])
  })

  it('[PO5] makes one version and one event for a change, and none when nothing changes', async () => {
    const post = await publish(ann!, { project: project.id })
    const [reported, ...more] = await eventsOf(server, () =>
      expect(change(ann!, post, { title: 'Other', body: 'text' }, { 'x-mutation-id': 'm' }), 200),
    )
    assert.deepEqual(
      [reported!.event, reported!.scope, reported!.mutation_id, more],
      ['post_updated', `p${project.id}`, 'm', []],
    )
    const { post: after, changed, updated_by, post_id } = reported!.payload
    assert.deepEqual([after.version, changed, updated_by, post_id], [2, ['title', 'body'], ann!.person.id, post.id])
    assert.deepEqual(after, (await get(bob!, post.id)).body)
    const nothing = () => expect(change(ann!, post, { title: 'Other', media_ids: [] }), 200)
    assert.deepEqual(await eventsOf(server, nothing), [])
  })

  it('[PO5] refuses a stale version with the present state (attack 116)', async () => {
    const post = await publish(ann!)
    await expect(change(ann!, post, { title: 'two' }, { 'if-match': '"1"' }), 200)
    const stale = await change(ann!, post, { title: 'three' }, { 'if-match': '"1"' })
    assert.equal((refuses(stale, 'version_conflict').details as any).current.title, 'two')
    const unchanged = await ann!.rest('GET', `/blog/posts/${post.id}`, undefined, { 'if-none-match': '"2"' })
    assert.equal(unchanged.status, 304)
  })

  it('[PO5] gives the same answer to a repeated call with its key, and runs it once', async () => {
    const send = () => ann!.rest('POST', '/blog/posts', { title: 'Once' }, { 'idempotency-key': 'once' })
    const [first, second] = [await expect(send(), 201), await expect(send(), 201)]
    assert.deepEqual(first.body, second.body)
    assert.equal((await list(ann!, 'search=once')).count, 1)
  })

  it('[PO6] filters posts by each filter, alone and together', async () => {
    const own = await addProject(ann!)
    const one = await publish(ann!, { title: 'Alpha Bêta', body: 'gamma', project: own.id })
    const two = await write(ann!, { title: 'Delta', project: own.id })
    const inOwn = (query: string) => titles(ann!, `project=${own.slug}&sort=title&${query}`)
    assert.deepEqual(await inOwn(''), ['Alpha Bêta', 'Delta'])
    assert.deepEqual(await inOwn('status=draft'), ['Delta'])
    assert.deepEqual(await inOwn('status=draft&status=published'), ['Alpha Bêta', 'Delta'])
    assert.deepEqual(await inOwn('search=beta'), ['Alpha Bêta'])
    assert.deepEqual(await inOwn('search=GAM'), ['Alpha Bêta'])
    assert.deepEqual(await inOwn(`author_id=${bob!.person.id}`), [])
    assert.deepEqual(await inOwn(`published_at_start=${one.published_at}&published_at_end=${one.published_at}`), [
      'Alpha Bêta',
    ])
    assert.deepEqual(await inOwn(`published_at_start=2100-01-01T00:00:00Z`), [])
    await expect(change(ann!, two, { status: 'published' }), 200)
    assert.deepEqual(await inOwn('status=draft'), [])
    for (const bad of ['status=x', 'author_id=x', 'published_at_start=2026-01-01', 'sort=body', 'nothing=1'])
      refuses(await ann!.rest('GET', `/blog/posts?${bad}`), 'validation_error', [bad.split('=')[0]!])
  })

  it('[PO6] lists posts by page and by cursor, with nulls last in both directions', async () => {
    const own = await addProject(ann!)
    for (const title of ['1', '2', '3', '4']) await publish(ann!, { title, project: own.id })
    await write(ann!, { title: 'draft', project: own.id })
    const walk = async (sort: string, paging: string) => {
      const seen: string[] = []
      let next: string | null = `/blog/posts?project=${own.id}&page_size=2&sort=${sort}${paging}`
      while (next) {
        const { body }: any = await expect(ann!.rest('GET', next), 200)
        seen.push(...body.results.map(({ title }: any) => title))
        next = body.next?.replace('/api/v1', '') ?? null
      }
      return seen
    }
    for (const paging of ['', '&cursor=']) {
      assert.deepEqual(await walk('published_at', paging), ['1', '2', '3', '4', 'draft'])
      assert.deepEqual(await walk('-published_at', paging), ['4', '3', '2', '1', 'draft'])
      assert.deepEqual(await walk('-title', paging), ['draft', '4', '3', '2', '1'])
    }
  })

  it('[PO7] deletes the posts of a project with it, and reports only the deletion of the project', async () => {
    const doomed = await addProject(ann!)
    const post = await publish(ann!, { project: doomed.id })
    const events = await eventsOf(server, () => expect(ann!.rest('DELETE', `/projects/${doomed.id}`), 204))
    assert.deepEqual(
      events.map(({ event }) => event),
      ['project_deleted'],
    )
    refuses(await get(ann!, post.id), 'not_found')
  })

  it('[PO8] records what happens to published posts in the activity, and names changed texts without their content', async () => {
    const own = await addProject(ann!)
    const post = await write(ann!, { title: 'Quiet', project: own.id })
    await expect(change(ann!, post, { body: 'a draft’s text' }), 200)
    await expect(change(ann!, post, { status: 'published' }), 200)
    await expect(change(ann!, post, { body: 'a secret', title: 'Loud' }), 200)
    await expect(change(ann!, post, { status: 'draft' }), 200)
    await expect(remove(ann!, post), 204)
    const { results } = (await expect(ann!.rest('GET', `/projects/${own.id}/activity`), 200)).body
    const entries = results.filter(({ subject }: any) => subject.type === 'post').toReversed()
    assert.deepEqual(
      entries.map(({ event, subject }: any) => [event, subject.title]),
      [
        ['post_created', 'Quiet'],
        ['post_updated', 'Loud'],
        ['post_deleted', 'Loud'],
      ],
    )
    assert.deepEqual(entries[1].changes, { title: { from: 'Quiet', to: 'Loud' }, body: { from: null, to: null } })
  })
})

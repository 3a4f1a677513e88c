import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, created, refuses } from '../suites/answers.ts'
import { eventsOf, type Logged } from '../suites/event-log.ts'

describe('drafts', () => {
  let server: TestServer
  let [ann, bob, eve]: Client[] = []
  let project: any
  before(async () => {
    server = await startServer()
    ;[ann, bob, eve] = await Promise.all(['ann', 'bob', 'eve'].map(name => server.user(name)))
    project = await addProject(ann!)
    await addMember(ann!, project, bob!, 'owner')
  })
  after(() => server.close())

  const write = (client: Client, fields: object = {}) => created(client, '/blog/posts', { title: 'Soon', ...fields })
  const change = (client: Client, { id }: any, body: object) => client.rest('PATCH', `/blog/posts/${id}`, body)
  const countOf = async (client: Client, query: string) =>
    (await expect(client.rest('GET', `/blog/posts?${query}`), 200)).body.count
  const summary = (events: Logged[]) =>
    events.map(({ event, scope, payload }) => [event, scope, payload.version ?? payload.post.version])

  it('[PO9] hides another person’s draft, also from owners of the project, and in lists and searches', async () => {
    const post = await write(ann!, { title: 'Unripe thought', project: project.id })
    for (const other of [bob!, eve!]) {
      for (const ref of [post.id, post.slug]) refuses(await other.rest('GET', `/blog/posts/${ref}`), 'not_found')
      refuses(await change(other, post, { title: 'x' }), 'not_found')
      refuses(await other.rest('DELETE', `/blog/posts/${post.id}`), 'not_found')
      for (const query of ['search=unripe', 'status=draft', `project=${project.id}`, `author_id=${ann!.person.id}`])
        assert.equal(await countOf(other, query), 0)
    }
    for (const reader of [ann!, server.admin]) {
      await expect(reader.rest('GET', `/blog/posts/${post.id}`), 200)
      assert.equal(await countOf(reader, 'search=unripe'), 1)
    }
    await expect(change(server.admin, post, { title: 'Ripe' }), 200)
  })

  it('[PO9] hides one’s own draft when the right to read its project ends', async () => {
    const carl = await server.user('carl')
    await addMember(ann!, project, carl, 'editor')
    const post = await write(carl, { project: project.id })
    await addMember(ann!, project, carl, 'viewer')
    await expect(carl.rest('GET', `/blog/posts/${post.id}`), 200)
    refuses(await change(carl, post, { title: 'x' }), 'forbidden')
    await expect(ann!.rest('DELETE', `/projects/${project.id}/members/${carl.person.id}`), 204)
    refuses(await carl.rest('GET', `/blog/posts/${post.id}`), 'not_found')
    assert.equal(await countOf(carl, 'status=draft'), 0)
  })

  for (const [where, ref] of [
    ['a project', () => project.id],
    ['no project', () => null],
  ] as const)
    it(`[PO10] in ${where} reports a post to all others as created when it is published, and as deleted when it is unpublished`, async () => {
      const shared = ref() === null ? 'all' : `p${ref()}`
      let post: any
      const events = await eventsOf(server, async () => {
        post = await write(ann!, { project: ref() })
        await expect(change(ann!, post, { title: 'Now' }), 200)
        await expect(change(ann!, post, { status: 'published' }), 200)
        await expect(change(ann!, post, { title: 'Then' }), 200)
        await expect(change(ann!, post, { status: 'draft' }), 200)
        await expect(ann!.rest('DELETE', `/blog/posts/${post.id}`), 204)
      })
      assert.deepEqual(summary(events), [
        ['post_created', `${shared}/`, 1],
        ['post_updated', `${shared}/`, 2],
        ['post_created', shared, 3],
        ['post_updated', shared, 4],
        ['post_deleted', shared, 5],
        ['post_created', `${shared}/`, 5],
        ['post_deleted', `${shared}/`, 6],
      ])
    })

  it('[PO10] sets `published_at` anew each time that the post is published', async () => {
    const post = await write(ann!)
    const status = async (value: string) => (await expect(change(ann!, post, { status: value }), 200)).body
    const first = await status('published')
    assert.equal(first.published_at, first.updated_at)
    assert.equal((await status('draft')).published_at, null)
    const second = await status('published')
    assert.equal(second.published_at, second.updated_at)
  })
})

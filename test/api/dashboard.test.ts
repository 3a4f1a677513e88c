import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { eventually } from '../support/eventually.ts'
import { addMember, addProject, addTask, created, refuses } from '../suites/answers.ts'
import { png, upload } from '../suites/media.ts'

describe('the dashboard', function () {
  this.timeout(120_000)
  let server: TestServer
  let ann: Client
  let bob: Client
  before(async () => {
    server = await startServer()
    ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
  })
  after(() => server.close())

  const stats = async (client: Client) => (await expect(client.rest('GET', '/dashboard/stats'), 200)).body
  const inDays = (days: number) => new Date(Date.now() + days * 24 * 3600_000).toISOString()

  it('[DA1] counts what the reader may see, and nothing else', async () => {
    const hidden = await addProject(ann, { name: 'Hidden' })
    await addTask(ann, { title: 'late', project: hidden.id, due_date: inDays(-1), priority: 'high' })
    await addTask(ann, { title: 'soon', project: hidden.id, due_date: inDays(3), assignee_id: ann.person.id })
    await addTask(ann, { title: 'done', project: hidden.id, due_date: inDays(-1), status: 'done' })
    await addTask(ann, { title: 'everybody’s' })
    await created(ann, '/blog/posts', { title: 'A draft', body: '' })

    const { tasks, projects, posts, at } = await stats(ann)
    assert.deepEqual(tasks, {
      total: 4,
      by_status: { todo: 3, in_progress: 0, review: 0, done: 1, cancelled: 0 },
      by_priority: { low: 0, medium: 2, high: 1, urgent: 0 },
      overdue: 1,
      due_soon: 1,
      assigned_to_me: 1,
      created_last_7_days: 4,
      completed_last_7_days: 1,
    })
    assert.deepEqual(
      [projects, posts],
      [
        { active: 1, archived: 0 },
        { published: 0, drafts: 1 },
      ],
    )
    assert.match(at, /Z$/)
    const others = await stats(bob)
    assert.deepEqual([others.tasks.total, others.projects, others.posts.drafts], [1, { active: 0, archived: 0 }, 0])

    await addMember(ann, hidden, bob, 'viewer')
    await eventually(async () => assert.equal((await stats(bob)).tasks.total, 4))
  })

  it('[DA1] counts no drafts, private videos, files and notifications of others, and everything for administrators', async () => {
    const before = await stats(bob)
    const project = await addProject(ann, { name: 'Ours' })
    await addMember(ann, project, bob, 'viewer')
    const where = { project: String(project.id) }
    await created(ann, '/blog/posts', { title: 'draft', body: '', ...where })
    await created(ann, '/blog/posts', { title: 'out', body: '', status: 'published', ...where })
    const video = { title: 'v', url: 'https://a.example/v', ...where }
    await created(ann, '/videos', { ...video, visibility: 'private' })
    await created(ann, '/videos', { ...video, visibility: 'internal' })
    await expect(upload(server, ann, [{ name: 'a.png', content: await png() }], where), 201)

    await eventually(async () => {
      const { posts, videos, media, projects } = await stats(bob)
      assert.deepEqual(
        [posts.published - before.posts.published, posts.drafts, videos.total - before.videos.total],
        [1, before.posts.drafts, 1],
      )
      assert.deepEqual([media.total - before.media.total, projects.active - before.projects.active], [1, 1])
      assert.ok(media.bytes > before.media.bytes)
    })
    const all = await stats(server.admin)
    assert.ok(all.posts.drafts >= 1 && all.videos.total >= 2)
    assert.equal(all.unread_notifications, 0)

    await expect(ann.rest('PATCH', `/projects/${project.id}`, { status: 'archived' }), 200)
    await eventually(async () => assert.equal((await stats(bob)).projects.archived, before.projects.archived + 1))
    await expect(ann.rest('PATCH', `/projects/${project.id}`, { status: 'active' }), 200)
    await expect(ann.rest('DELETE', `/projects/${project.id}/members/${bob.person.id}`), 204)
    await eventually(async () => {
      const { posts, videos, media } = await stats(bob)
      assert.deepEqual([posts, videos, media], [before.posts, before.videos, before.media])
    })
  })

  it('[DA2] refuses strangers and unknown parameters', async () => {
    assert.equal((await fetch(`${server.url}/api/v1/dashboard/stats`)).status, 401)
    refuses(await ann.rest('GET', '/dashboard/stats?day=1'), 'validation_error', ['day'])
  })
})

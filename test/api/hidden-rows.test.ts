import assert from 'node:assert/strict'
import { addProject, addTask, created, refuses } from '../suites/answers.ts'
import { importEnds, sendImport } from '../suites/imports.ts'
import { png, upload } from '../suites/media.ts'
import { type Connection, openConnection } from '../support/connection.ts'
import { type Client, startServer, type TestServer } from '../support/server.ts'

describe('calls on rows that the caller does not see while others have locked them', () => {
  let server: TestServer
  let stranger: Client
  let own: any
  const hidden: Record<string, any> = {}
  let holder: Connection
  before(async () => {
    server = await startServer()
    const ann = await server.user('ann')
    stranger = await server.user('stranger')
    own = await addTask(stranger)
    const project = (hidden['projects'] = await addProject(ann, { slug: 'hidden' }))
    const place = { project: String(project.id) }
    const task = (hidden['tasks'] = await addTask(ann, place))
    hidden['comments'] = await created(ann, `/tasks/${task.id}/comments`, { body: 'x' })
    hidden['posts'] = await created(ann, '/blog/posts', { title: 'x', status: 'published', ...place })
    hidden['videos'] = await created(ann, '/videos', { title: 'x', url: 'https://example.com/x.mp4', ...place })
    hidden['media'] = (await upload(server, ann, [{ content: await png() }], place)).body
    hidden['jobs'] = (await sendImport(server.url, ann.token, 'title\nx\n')).body.data
    await importEnds(ann, hidden['jobs'].id)
    holder = await openConnection(server.databaseUrl)
    await holder.query('begin')
    for (const [table, { id }] of Object.entries(hidden))
      await holder.query(`select from ${table} where id = $1 for update`, [id])
  })
  after(async () => {
    // A call that waits for it would delay the stop.
    await holder.end()
    await server.close()
  })

  const calls: [string, string, (hidden: any) => string, object?][] = [
    ['a project', 'PATCH', ({ projects }) => `/projects/${projects.id}`, { name: 'x' }],
    ['a project by its slug', 'PATCH', () => '/projects/hidden', { name: 'x' }],
    ['a project', 'DELETE', ({ projects }) => `/projects/${projects.id}`],
    ['its members', 'PUT', ({ projects }) => `/projects/${projects.id}/members/1`, { role: 'viewer' }],
    ['a task', 'PATCH', ({ tasks }) => `/tasks/${tasks.id}`, { title: 'x' }],
    ['a task', 'DELETE', ({ tasks }) => `/tasks/${tasks.id}`],
    ['a comment of it', 'POST', ({ tasks }) => `/tasks/${tasks.id}/comments`, { body: 'x' }],
    ['a comment', 'DELETE', ({ comments }) => `/comments/${comments.id}`],
    ['a post', 'PATCH', ({ posts }) => `/blog/posts/${posts.id}`, { title: 'x' }],
    ['a video', 'PATCH', ({ videos }) => `/videos/${videos.id}`, { title: 'x' }],
    ['a file', 'DELETE', ({ media }) => `/blog/media/${media.id}`],
  ]
  for (const [what, method, path, body] of calls)
    it(`[PJ13] answers 404 to a stranger’s ${method} of ${what} without waiting for the lock`, async () => {
      refuses(await stranger.rest(method, path(hidden), body), 'not_found')
    })

  it('[PJ13] does not wait when a job is cancelled, or when a post refers to a file', async () => {
    refuses(await stranger.rest('POST', '/batch/cancel', { id: hidden['jobs'].id }), 'not_found')
    const post = { title: 'x', cover_media_id: hidden['media'].id }
    refuses(await stranger.rest('POST', '/blog/posts', post), 'validation_error', ['cover_media_id'])
  })

  it('[PJ13] does not wait for a bulk update, or for a write that names the project', async () => {
    const ids = [hidden['tasks'].id, own.id]
    const { body } = await stranger.rest('POST', '/tasks/bulk-update', { task_ids: ids, updates: { status: 'done' } })
    assert.deepEqual([body.updated_count, body.failed_updates.map((one: any) => one.code)], [1, ['not_found']])
    for (const project of [String(hidden['projects'].id), 'hidden']) {
      refuses(await stranger.rest('PATCH', `/tasks/${own.id}`, { project }), 'validation_error', ['project'])
      refuses(await stranger.rest('POST', '/blog/posts', { title: 'x', project }), 'validation_error', ['project'])
      refuses(await stranger.rest('POST', '/tasks', { title: 'x', project }), 'validation_error', ['project'])
    }
  })
})

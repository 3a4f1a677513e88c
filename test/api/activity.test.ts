import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addMember, addProject, addTask, created, refuses } from '../suites/answers.ts'

describe('activity', () => {
  let server: TestServer
  let ann: Client
  let bob: Client
  let project: any
  before(async () => {
    server = await startServer()
    ;[ann, bob] = [await server.user('ann'), await server.user('bob')]
    project = await addProject(ann, { name: 'Garden' })
  })
  after(() => server.close())

  const feed = async (client: Client, path: string) => (await expect(client.rest('GET', path), 200)).body.results
  const summary = (entries: any[]) => entries.map(({ event, actor_id }) => [event, actor_id])

  it('[AV1] shows who did what to a task, with the old and the new value of each field', async () => {
    const task = await addTask(ann, { project: project.id, title: 'Dig' })
    await expect(ann.rest('PATCH', `/tasks/${task.id}`, { status: 'done', title: 'Dig deep' }), 200)
    await created(ann, `/tasks/${task.id}/comments`, { body: 'Done.' })
    const [comment, change, creation] = await feed(ann, `/tasks/${task.id}/activity`)
    assert.deepEqual(summary([comment, change, creation]), [
      ['comment_created', ann.person.id],
      ['task_updated', ann.person.id],
      ['task_created', ann.person.id],
    ])
    assert.deepEqual(change.subject, { type: 'task', id: task.id, title: 'Dig deep' })
    assert.deepEqual(change.changes.title, { from: 'Dig', to: 'Dig deep' })
    assert.deepEqual(change.changes.status, { from: 'todo', to: 'done' })
    assert.equal(comment.subject.title, 'Dig deep')
  })

  it('[AV1] records no entry for moving a card on the board, and one entry for each task of a bulk change', async () => {
    const on = await addProject(ann)
    const tasks = [await addTask(ann, { project: on.id }), await addTask(ann, { project: on.id })]
    await expect(ann.rest('PATCH', `/tasks/${tasks[0].id}`, { after_id: tasks[1].id }), 200)
    await expect(
      ann.rest('POST', '/tasks/bulk-update', { task_ids: tasks.map(({ id }) => id), updates: { priority: 'high' } }),
      200,
    )
    const events = summary(await feed(ann, `/projects/${on.id}/activity`)).map(([event]) => event)
    assert.deepEqual(events, ['task_updated', 'task_updated', 'task_created', 'task_created', 'project_created'])
  })

  it('[AV1] shows changes of the members of a project', async () => {
    const on = await addProject(ann)
    await addMember(ann, on, bob, 'viewer')
    await addMember(ann, on, bob, 'editor')
    await expect(ann.rest('DELETE', `/projects/${on.id}/members/${bob.person.id}`), 204)
    const entries = (await feed(ann, `/projects/${on.id}/activity`)).slice(0, 3)
    const key = `member ${bob.person.id}`
    assert.deepEqual(
      entries.map(({ changes }: any) => changes[key]),
      [
        { from: 'editor', to: null },
        { from: 'viewer', to: 'editor' },
        { from: null, to: 'viewer' },
      ],
    )
  })

  it('[AV2] shows only what happened where the reader may read', async () => {
    const open = await addProject(ann, { visibility: 'internal' })
    const seen = await addTask(ann, { project: open.id, title: 'seen' })
    const unseen = await addTask(ann, { project: project.id, title: 'unseen' })
    refuses(await bob.rest('GET', `/tasks/${unseen.id}/activity`), 'not_found')
    refuses(await bob.rest('GET', `/projects/${project.id}/activity`), 'not_found')
    const titles = (await feed(bob, '/dashboard/activity?page_size=100')).map(({ subject }: any) => subject.title)
    assert.ok(titles.includes('seen') && !titles.includes('unseen'))
    // The entries from before the move stay in the old project.
    await expect(ann.rest('PATCH', `/tasks/${unseen.id}`, { project: open.id }), 200)
    assert.deepEqual(summary(await feed(bob, `/tasks/${unseen.id}/activity`)), [['task_updated', ann.person.id]])
    assert.ok(seen)
  })

  for (const [how, move] of [
    ['alone', (id: number, updates: object) => ann.rest('PATCH', `/tasks/${id}`, updates)],
    ['in bulk', (id: number, updates: object) => ann.rest('POST', '/tasks/bulk-update', { task_ids: [id], updates })],
  ] as const)
    it(`[AV2] hides the old values of a task that was moved ${how} from readers of its new project`, async () => {
      const open = await addProject(ann, { visibility: 'internal' })
      const task = await addTask(ann, { project: project.id, title: 'secret', category: 'secret' })
      await expect(move(task.id, { project: open.id, category: 'clean' }), 200)
      const [entry, ...others] = await feed(bob, `/projects/${open.id}/activity`)
      assert.deepEqual(entry.changes, { project_id: { from: null, to: open.id } })
      assert.deepEqual(summary(others), [['project_created', ann.person.id]])
    })

  it('[PO8] [VI6] hides what a post or video was before it was published', async () => {
    const on = await addProject(ann, { visibility: 'internal' })
    const post = await created(ann, '/blog/posts', { title: 'secret', project: on.id })
    await expect(ann.rest('PATCH', `/blog/posts/${post.id}`, { status: 'published', title: 'clean' }), 200)
    const fields = { url: 'https://vimeo.com/76979871', title: 'secret', visibility: 'private' }
    const video = await created(ann, '/videos', { ...fields, project: on.id })
    await expect(ann.rest('PATCH', `/videos/${video.id}`, { visibility: 'internal', title: 'clean' }), 200)
    const entries = await feed(bob, `/projects/${on.id}/activity`)
    assert.deepEqual(entries.map(({ event, changes, subject }: any) => [event, changes, subject.title]).slice(0, 2), [
      ['video_created', undefined, 'clean'],
      ['post_created', undefined, 'clean'],
    ])
  })

  it('[AV3] keeps entries after their subject is deleted and after the event log has been emptied', async () => {
    const on = await addProject(ann)
    const task = await addTask(ann, { project: on.id, title: 'Short-lived' })
    await expect(ann.rest('DELETE', `/tasks/${task.id}`), 204)
    await server.query('delete from event_log')
    const [deletion] = await feed(ann, `/projects/${on.id}/activity`)
    assert.deepEqual([deletion.event, deletion.subject.title], ['task_deleted', 'Short-lived'])
  })

  it('[AV3] writes the entry together with the change, or neither', async () => {
    const count = async () => (await server.query<{ n: number }>('select count(*) as n from activity'))[0]!.n
    const before = await count()
    refuses(await ann.rest('POST', '/tasks', { title: 'x', assignee_id: 999_999 }), 'validation_error', ['assignee_id'])
    assert.equal(await count(), before)
  })
})

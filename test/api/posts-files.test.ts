import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addProject, addTask, created, refuses } from '../suites/answers.ts'
import { eventsOf } from '../suites/event-log.ts'
import { pdf, upload } from '../suites/media.ts'
import { transactionsOf } from '../suites/statements.ts'

describe('files of posts', () => {
  let server: TestServer
  let [ann, eve]: Client[] = []
  let project: any
  before(async () => {
    server = await startServer()
    ;[ann, eve] = [await server.user('ann'), await server.user('eve')]
    project = await addProject(ann!)
  })
  after(() => server.close())

  const add = async (client: Client, fields: Record<string, string | number> = {}) =>
    (await expect(upload(server, client, [{ content: pdf(), name: 'a.pdf' }], fields), 201)).body
  const write = (fields: object) =>
    created(ann!, '/blog/posts', { title: 'With files', status: 'published', ...fields })
  const get = async ({ id }: any) => (await expect(ann!.rest('GET', `/blog/posts/${id}`), 200)).body
  const removeFile = (client: Client, { id }: any) => client.rest('DELETE', `/blog/media/${id}`)

  it('[PO11] accepts files that every reader of the post sees: files of its project, or of none', async () => {
    const [here, anywhere] = [await add(ann!, { project: project.id }), await add(ann!)]
    const post = await write({ project: project.id, cover_media_id: here.id, media_ids: [anywhere.id, here.id] })
    assert.deepEqual([post.cover_media_id, post.media_ids], [here.id, [anywhere.id, here.id]])
    await write({ cover_media_id: anywhere.id })
  })

  it('[PO11] refuses other files on their field, and does not reveal whether they exist', async () => {
    const other = await addProject(eve!)
    const files = [
      await add(ann!, { project: project.id }),
      await add(eve!, { project: other.id }),
      { id: 999_999_999 },
      { id: Number.MAX_SAFE_INTEGER },
    ]
    const messages = new Set<string>()
    for (const { id } of files)
      for (const field of ['cover_media_id', 'media_ids']) {
        const sent = { title: 'x', [field]: field === 'media_ids' ? [id] : id }
        const error = refuses(await ann!.rest('POST', '/blog/posts', sent), 'validation_error', [field])
        messages.add(error.field_errors![field]![0]!)
        refuses(
          await ann!.rest('PATCH', `/blog/posts/${(await write({})).id}`, { [field]: sent[field] }),
          'validation_error',
          [field],
        )
      }
    assert.equal(messages.size, 1)
  })

  it('[PO11] keeps a file that was moved elsewhere with its task, but does not let it be added', async () => {
    const task = await addTask(ann!, { project: project.id })
    const file = await add(ann!, { task_id: task.id })
    const post = await write({ project: project.id, media_ids: [file.id] })
    const other = await addProject(ann!)
    await expect(ann!.rest('PATCH', `/tasks/${task.id}`, { project: other.id }), 200)
    await expect(ann!.rest('PATCH', `/blog/posts/${post.id}`, { title: 'y', media_ids: [file.id] }), 200)
    const sent = { title: 'x', project: project.id, media_ids: [file.id] }
    refuses(await ann!.rest('POST', '/blog/posts', sent), 'validation_error', ['media_ids'])
  })

  it('[PO12] removes a deleted file from all posts, each with a version and an event, in one transaction', async () => {
    const file = await add(eve!)
    const kept = await add(ann!)
    const cover = await write({ cover_media_id: file.id, media_ids: [kept.id] })
    const inside = await write({ project: project.id, media_ids: [file.id, kept.id] })
    const draft = await write({ status: 'draft', cover_media_id: file.id, media_ids: [file.id] })
    const events = await eventsOf(server, () => expect(removeFile(eve!, file), 204))
    assert.deepEqual(
      events.map(({ event, scope, payload }) => [event, scope, payload.post_id ?? null, payload.changed ?? null]),
      [
        ['post_updated', 'all', cover.id, ['cover_media_id']],
        ['post_updated', `p${project.id}`, inside.id, ['media_ids']],
        ['post_updated', 'all/', draft.id, ['cover_media_id', 'media_ids']],
        ['media_deleted', 'all', null, null],
      ],
    )
    assert.deepEqual(
      [await get(cover), await get(inside), await get(draft)].map(post => [
        post.version,
        post.cover_media_id,
        post.media_ids,
      ]),
      [
        [2, null, [kept.id]],
        [2, null, [kept.id]],
        [2, null, []],
      ],
    )
  })

  it('[PO12] removes it from posts in an archived project too', async () => {
    const old = await addProject(ann!)
    const file = await add(ann!)
    const post = await write({ project: old.id, cover_media_id: file.id })
    await expect(ann!.rest('PATCH', `/projects/${old.id}`, { status: 'archived' }), 200)
    await expect(removeFile(ann!, file), 204)
    assert.equal((await get(post)).cover_media_id, null)
  })

  it('[PO12] changes no post when the caller may not delete the file', async () => {
    const file = await add(ann!)
    const post = await write({ cover_media_id: file.id })
    refuses(await removeFile(eve!, file), 'forbidden')
    assert.equal((await get(post)).version, 1)
  })

  it('[PO12] leaves no post with a file that was deleted while it was being added', async () => {
    for (let round = 0; round < 5; round++) {
      const file = await add(ann!)
      const posts = await Promise.all([write({}), write({})])
      const answers = await Promise.all([
        ...posts.map(({ id }) => ann!.rest('PATCH', `/blog/posts/${id}`, { cover_media_id: file.id })),
        removeFile(ann!, file),
      ])
      assert.equal(answers.at(-1)!.status, 204)
      for (const post of posts) assert.equal((await get(post)).cover_media_id, null)
    }
  })

  it('[PO12] takes the same number of statements for one and for fifty posts', async () => {
    const counts: number[] = []
    for (const posts of [1, 50]) {
      const file = await add(ann!)
      await Promise.all(Array.from({ length: posts }, () => write({ media_ids: [file.id] })))
      const [transaction] = await transactionsOf(() => expect(removeFile(ann!, file), 204))
      counts.push(transaction!.length)
    }
    assert.equal(counts[0], counts[1])
  })

  it('[PO12] deletes a file of hundreds of posts in steps, whoever sees the posts', async () => {
    const file = await add(ann!)
    await server.query(
      `insert into posts (slug, title, body, status, media_ids, author_id)
       select 'many-' || n, 'x', '', 'draft', array[$1::bigint], $2 from generate_series(1, 450) n`,
      [file.id, eve!.person.id],
    )
    const key = { 'idempotency-key': 'in steps' }
    const events = await eventsOf(server, () =>
      expect(ann!.rest('DELETE', `/blog/media/${file.id}`, undefined, key), 204),
    )
    const updated = events.filter(({ event }) => event === 'post_updated').map(({ payload }) => payload.post_id)
    assert.deepEqual([updated.length, new Set(updated).size], [450, 450])
    assert.deepEqual(await server.query(`select from posts where slug like 'many-%' and version <> 2`), [])
    await expect(ann!.rest('DELETE', `/blog/media/${file.id}`, undefined, key), 204)
    refuses(await removeFile(ann!, file), 'not_found')
  })
})

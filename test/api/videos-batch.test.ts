import assert from 'node:assert/strict'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addProject, created, refuses } from '../suites/answers.ts'
import { eventsOf } from '../suites/event-log.ts'
import { transactionsOf } from '../suites/statements.ts'

describe('changing many videos', () => {
  let server: TestServer
  let ann: Client
  before(async () => {
    server = await startServer()
    ann = await server.user('ann')
  })
  after(() => server.close())

  const add = (fields: object = {}) =>
    created(ann, '/videos', { title: 'A talk', url: 'https://youtu.be/dQw4w9WgXcQ', ...fields })
  const send = (client: Client, video_ids: unknown, updates: object) =>
    client.rest('POST', '/batch/videos/update', { video_ids, updates })
  const update = async (ids: number[], updates: object) => {
    const { body } = await expect(send(server.admin, ids, updates), 200)
    assert.deepEqual([body.success, Object.keys(body).sort()], [true, ['data', 'message', 'success', 'timestamp']])
    return body.data
  }

  it('[VI8] refuses everybody but administrators', async () => {
    const { id } = await add()
    refuses(await server.rest('POST', '/batch/videos/update', {}), 'unauthenticated')
    refuses(await send(ann, [id], { tags: ['x'] }), 'forbidden')
  })

  for (const [ids, updates, field] of [
    [[], { tags: [] }, 'video_ids'],
    [Array.from({ length: 101 }, (_, n) => n + 1), { tags: [] }, 'video_ids'],
    [['1'], { tags: [] }, 'video_ids.0'],
    [[1], {}, 'updates'],
    [[1], { tags: [], url: 'https://example.com/' }, 'updates.url'],
    [[1], { visibility: 'public' }, 'updates.visibility'],
  ] as const)
    it(`[VI8] refuses ${JSON.stringify(ids).slice(0, 20)} with ${JSON.stringify(updates)} by name`, async () => {
      refuses(await send(server.admin, ids, updates), 'validation_error', [field])
    })

  it('[VI8] changes and reports each video; counts those with the values already, and reports those that cannot be changed', async () => {
    const old = await addProject(ann)
    const [one, two, same, frozen] = [
      await add(),
      await add({ visibility: 'private' }),
      await add({ tags: ['new'] }),
      await add({ project: old.id }),
    ]
    await expect(ann.rest('PATCH', `/projects/${old.id}`, { status: 'archived' }), 200)
    const ids = [999_999, one.id, frozen.id, two.id, same.id, one.id]
    let answer: any
    const events = await eventsOf(server, async () => (answer = await update(ids, { tags: ['new'] })))
    assert.equal(answer.updated_count, 3)
    assert.deepEqual(
      answer.failed_updates.map(({ video_id, code }: any) => [video_id, code]),
      [
        [999_999, 'not_found'],
        [frozen.id, 'conflict'],
      ],
    )
    assert.deepEqual(
      events.map(({ event, scope, payload }) => [
        event,
        scope,
        payload.video_id,
        payload.video.version,
        payload.changed,
      ]),
      [
        ['video_updated', 'all', one.id, 2, ['tags']],
        ['video_updated', 'all/', two.id, 2, ['tags']],
      ],
    )
  })

  it('[VI8] reports videos that become visible or hidden to those who may see them', async () => {
    const video = await add()
    const events = await eventsOf(server, () => update([video.id], { visibility: 'private', author_name: null }))
    assert.deepEqual(
      events.map(({ event, scope }) => [event, scope]),
      [
        ['video_deleted', 'all'],
        ['video_created', 'all/'],
      ],
    )
  })

  it('[VI8] takes the same number of statements for one and for a hundred', async () => {
    const videos = await Promise.all(Array.from({ length: 100 }, () => add()))
    const counts: number[] = []
    for (const [nth, ids] of [[videos[0].id], videos.map(({ id }) => id)].entries()) {
      const [transaction] = await transactionsOf(() => update(ids, { tags: [`round ${nth}`] }))
      counts.push(transaction!.length)
    }
    assert.equal(counts[0], counts[1])
  })
})

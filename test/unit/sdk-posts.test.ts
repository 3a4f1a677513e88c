import assert from 'node:assert/strict'
import fc from 'fast-check'
import { liveCollection, type Collection, type LiveEvent, type Post, type Video } from '../../sdk/index.ts'

const posts = liveCollection('posts')
const videos = liveCollection('videos')
const log = { offset: 1, at: '2026-01-01T00:00:00.000Z' }
const post = (id: number, version: number, project_id: number | null = null) => ({ id, version, project_id }) as Post
const created = (one: Post): LiveEvent => ({ name: 'post_created', post: one, created_by: 1, ...log })
const updated = (one: Post): LiveEvent => ({
  name: 'post_updated',
  post_id: one.id,
  post: one,
  updated_by: 1,
  changed: [],
  ...log,
})
const deleted = (post_id: number, version: number): LiveEvent => ({
  name: 'post_deleted',
  post_id,
  version,
  deleted_by: 1,
  ...log,
})
const access = (project_id: number, readable: boolean): LiveEvent => ({
  name: 'access_changed',
  project_id,
  readable,
  role: null,
  ...log,
})
const all = (events: LiveEvent[], held: Post[] = []) => events.reduce(posts.apply, posts.keep(posts.empty, held))
const versions = (held: Collection<any>) => [...held.items.values()].map(({ id, version }) => [id, version])

describe('sdk: posts and videos', () => {
  it('[SDK22] keep the higher version, in any order', () => {
    assert.deepEqual(versions(all([updated(post(1, 2)), created(post(1, 1))])), [[1, 2]])
    assert.deepEqual(versions(all([created(post(1, 1)), updated(post(1, 2))])), [[1, 2]])
  })

  it('[SDK22] keep deleted ones out, of an older list too', () => {
    const held = all([deleted(1, 3), updated(post(1, 2))])
    assert.equal(posts.keep(held, [post(1, 2)]), held)
    assert.deepEqual(versions(all([deleted(1, 2)], [post(1, 1), post(2, 1)])), [[2, 1]])
  })

  it('[SDK22] keep an unpublished post for its author, in either order', () => {
    const taken = [deleted(1, 3), created(post(1, 3))]
    assert.deepEqual(versions(all(taken, [post(1, 2)])), [[1, 3]])
    assert.deepEqual(versions(all(taken.toReversed(), [post(1, 2)])), [[1, 3]])
  })

  it('[SDK22] show an unpublished post again when it is published', () => {
    assert.deepEqual(versions(all([deleted(1, 3), created(post(1, 4))], [post(1, 2)])), [[1, 4]])
  })

  it('[SDK22] ignore an old removal of what a newer list holds', () => {
    assert.deepEqual(versions(all([created(post(1, 1)), deleted(1, 3)], [post(1, 5)])), [[1, 5]])
  })

  it('[SDK22] lose what is in a project with the right to it, until that is given again', () => {
    const held = [post(1, 1, 7), post(2, 1)]
    const gone = all([access(7, false), updated(post(1, 2, 7))], held)
    assert.deepEqual(versions(gone), [[2, 1]])
    assert.deepEqual(versions(posts.keep(posts.apply(gone, access(7, true)), [post(1, 2, 7)])), [
      [2, 1],
      [1, 2],
    ])
    const end: LiveEvent = { name: 'project_deleted', project_id: 7, version: 2, deleted_by: 1, ...log }
    assert.deepEqual(versions(all([end], held)), [[2, 1]])
  })

  it('[SDK22] stay the same collection when nothing is new', () => {
    const held = all([deleted(2, 4)], [post(1, 2)])
    const nothingNew = [created(post(1, 2)), updated(post(1, 1)), deleted(1, 2), deleted(2, 4), access(9, true)]
    for (const event of nothingNew) assert.equal(posts.apply(held, event), held)
  })

  it('[SDK22] come to the same result whatever part of the past arrives again after a list', () => {
    const history = [
      created(post(1, 1)),
      updated(post(1, 2)),
      deleted(1, 3),
      created(post(1, 3)),
      created(post(1, 4)),
      deleted(1, 5),
      created(post(1, 5)),
      created(post(2, 1)),
      deleted(2, 2),
    ]
    const ends = versions(all(history))
    fc.assert(
      fc.property(fc.nat(history.length), from => {
        assert.deepEqual(versions(all(history.slice(from), [post(1, 5)])), ends)
      }),
    )
  })

  it('[SDK22] treat videos in the same way', () => {
    const video = { id: 1, version: 2, project_id: null } as Video
    const held = videos.apply(videos.empty, { name: 'video_created', video, created_by: 1, ...log })
    assert.deepEqual(versions(held), [[1, 2]])
    const gone = videos.apply(held, { name: 'video_deleted', video_id: 1, version: 3, deleted_by: 1, ...log })
    assert.deepEqual(versions(gone), [])
    assert.equal(videos.apply(held, created(post(1, 9))), held)
  })
})

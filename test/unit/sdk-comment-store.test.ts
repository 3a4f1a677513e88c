import assert from 'node:assert/strict'
import { liveCollection, type Comment, type LiveEvent } from '../../sdk/index.ts'

const comments = liveCollection('comments')
const at = '2026-01-01T00:00:00.000Z'
const log = { offset: 1, at }
const comment = (id: number, version: number, task_id = 7): Comment => ({
  id,
  task_id,
  body: `comment ${id} v${version}`,
  author_id: 1,
  mentions: [],
  version,
  created_at: at,
  updated_at: at,
})
const written = (one: Comment): LiveEvent => ({
  name: 'comment_created',
  comment: one,
  task_id: one.task_id,
  created_by: 1,
  ...log,
})
const changed = (one: Comment): LiveEvent => ({
  name: 'comment_updated',
  comment_id: one.id,
  task_id: one.task_id,
  comment: one,
  updated_by: 1,
  changed: ['body'],
  ...log,
})
const deleted = (comment_id: number, version: number, task_id = 7): LiveEvent => ({
  name: 'comment_deleted',
  comment_id,
  task_id,
  version,
  deleted_by: 1,
  ...log,
})
const all = (events: LiveEvent[], held: Comment[] = []) =>
  events.reduce(comments.apply, comments.keep(comments.empty, held))
const versions = (events: LiveEvent[], held: Comment[] = []) =>
  [...all(events, held).items.values()].map(({ id, version }) => [id, version])

describe('sdk: the comments of a task', () => {
  it('[SDK20] keep the higher version, in any order', () => {
    assert.deepEqual(versions([changed(comment(1, 2)), written(comment(1, 1))]), [[1, 2]])
    assert.deepEqual(versions([written(comment(1, 1)), changed(comment(1, 2))]), [[1, 2]])
  })

  it('[SDK20] keep deleted comments out, also when the deletion comes first, and of an older list', () => {
    const store = all([deleted(1, 3), changed(comment(1, 2))])

    assert.equal(comments.keep(store, [comment(1, 2)]), store)
    assert.deepEqual(versions([deleted(1, 2)], [comment(1, 1), comment(2, 1)]), [[2, 1]])
  })

  it('[SDK20] stay the same collection when nothing is new', () => {
    const held = comments.keep(comments.empty, [comment(1, 2)])
    const nothingNew = [written(comment(1, 1)), changed(comment(1, 2))]

    assert.equal(nothingNew.reduce(comments.apply, held), held)
  })
})

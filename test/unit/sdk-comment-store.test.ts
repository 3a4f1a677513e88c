import assert from 'node:assert/strict'
import { applyCommentEvent, noComments, upsertComments, type Comment, type LiveEvent } from '../../sdk/index.ts'

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
  events.reduce(applyCommentEvent, upsertComments(noComments(7), held))
const versions = (events: LiveEvent[], held: Comment[] = []) =>
  [...all(events, held).comments.values()].map(({ id, version }) => [id, version])

describe('sdk: the comments of a task', () => {
  it('[SDK20] the higher version wins, whatever comes first', () => {
    assert.deepEqual(versions([changed(comment(1, 2)), written(comment(1, 1))]), [[1, 2]])
    assert.deepEqual(versions([written(comment(1, 1)), changed(comment(1, 2))]), [[1, 2]])
  })

  it('[SDK20] what is deleted stays deleted, also when that is heard first and against an older list', () => {
    const store = all([deleted(1, 3), changed(comment(1, 2))])

    assert.equal(upsertComments(store, [comment(1, 2)]), store)
    assert.deepEqual(versions([deleted(1, 2)], [comment(1, 1), comment(2, 1)]), [[2, 1]])
  })

  it('[SDK20] those of other tasks are none, and nothing new leaves the very same store', () => {
    const store = upsertComments(noComments(7), [comment(1, 2)])
    const nothingNew = [written(comment(1, 1)), written(comment(2, 1, 8)), deleted(1, 3, 8)]

    assert.equal(nothingNew.reduce(applyCommentEvent, store), store)
  })
})

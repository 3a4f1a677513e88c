import assert from 'node:assert/strict'
import { liveCollection, sortKeyOf, type Collection, type LiveEvent, type Task } from '../../sdk/index.ts'

const tasks = liveCollection('tasks')
const at = '2026-01-01T00:00:00.000Z'
const task = (id: number, version: number, more: Partial<Task> = {}): Task => ({
  id,
  title: `task ${id} v${version}`,
  description: '',
  status: 'todo',
  priority: 'medium',
  category: null,
  project: null,
  project_id: null,
  assignee_id: null,
  due_date: null,
  position: String(id),
  version,
  created_by: 1,
  updated_by: 1,
  created_at: at,
  updated_at: at,
  completed_at: null,
  ...more,
})
const log = { offset: 1, at }
const updated = (changed: Task): LiveEvent => ({
  name: 'task_updated',
  task_id: changed.id,
  task: changed,
  updated_by: 2,
  changed: ['title'],
  ...log,
})
const deleted = (task_id: number, version: number): LiveEvent => ({
  name: 'task_deleted',
  task_id,
  version,
  deleted_by: 2,
  ...log,
})
const removed = (task_id: number, version: number): LiveEvent => ({
  name: 'task_removed',
  task_id,
  version,
  project_id: 5,
  moved_by: 2,
  ...log,
})
const access = (readable: boolean): LiveEvent => ({
  name: 'access_changed',
  project_id: 5,
  readable,
  role: readable ? 'viewer' : null,
  ...log,
})
const all = (events: LiveEvent[], store = tasks.empty) => events.reduce(tasks.apply, store)
const holding = (...held: Task[]) => tasks.keep(tasks.empty, held)
const versions = (store: Collection<Task>) => [...store.items.values()].map(({ id, version }) => [id, version])

describe('sdk: the task store', () => {
  it('[SDK4] keeps the higher version, in any order', () => {
    assert.deepEqual(versions(all([updated(task(1, 3)), updated(task(1, 2))])), [[1, 3]])
    assert.deepEqual(versions(all([updated(task(1, 2)), updated(task(1, 3))])), [[1, 3]])
  })

  it('[SDK4] stays the same store when nothing is new', () => {
    const store = holding(task(1, 3))

    assert.equal(tasks.keep(store, [task(1, 3), task(1, 2)]), store)
  })

  it('[SDK4] keeps the higher version of a task that a list has twice', () => {
    assert.deepEqual(versions(holding(task(1, 3), task(1, 2))), [[1, 3]])
  })

  it('[TK19] replaces a numeric position of the release before by the key', () => {
    const numbered = { ...task(1, 2), position: 1024 as unknown as string }
    const bulk: LiveEvent = { name: 'tasks_bulk_updated', tasks: [numbered], updated_by: 2, first_offset: 1, ...log }

    for (const store of [holding(numbered), all([updated(numbered)]), all([bulk])])
      assert.equal(store.items.get(1)?.position, sortKeyOf(1024))
    assert.equal(holding(task(1, 2, { position: 'p1' })).items.get(1)?.position, 'p1')
  })

  it('[SDK5] keeps deleted tasks out of an older list', () => {
    const store = all([deleted(1, 4)], holding(task(1, 3)))

    assert.deepEqual(versions(tasks.keep(store, [task(1, 3)])), [])
  })

  it('[SDK5] remembers a deletion that arrives before the task itself', () => {
    assert.deepEqual(versions(all([deleted(1, 4), updated(task(1, 3))])), [])
  })

  it('[SDK5] treats a bulk deletion, which has no versions, as final', () => {
    const bulk: LiveEvent = { name: 'tasks_bulk_deleted', task_ids: [1, 2], deleted_by: 2, first_offset: 1, ...log }

    assert.deepEqual(versions(all([bulk, updated(task(1, 9))], holding(task(1, 3), task(2, 1), task(3, 1)))), [[3, 1]])
  })

  it('[SDK4] treats a bulk update as that many updates', () => {
    const bulk: LiveEvent = {
      name: 'tasks_bulk_updated',
      tasks: [task(1, 2), task(2, 1)],
      updated_by: 2,
      first_offset: 1,
      ...log,
    }

    assert.deepEqual(versions(all([bulk], holding(task(1, 1), task(2, 2)))), [
      [1, 2],
      [2, 2],
    ])
  })

  it('[SDK6] removes a task that moves out of sight', () => {
    assert.deepEqual(versions(all([removed(1, 4)], holding(task(1, 3)))), [])
  })

  it('[SDK6] keeps a task for somebody who sees its new project, whichever of the two events comes first', () => {
    const moved = updated(task(1, 4, { project_id: 6 }))

    assert.deepEqual(versions(all([removed(1, 4), moved], holding(task(1, 3)))), [[1, 4]])
    assert.deepEqual(versions(all([moved, removed(1, 4)], holding(task(1, 3)))), [[1, 4]])
  })

  it('[SDK6] keeps a task away that moved away, against an older list', () => {
    assert.deepEqual(versions(tasks.keep(all([removed(1, 4)]), [task(1, 3)])), [])
  })

  for (const event of [{ name: 'project_deleted', project_id: 5, version: 2, deleted_by: 2, ...log }, access(false)]) {
    it(`[SDK7] drops all tasks of the project on ${event.name}, and keeps them out`, () => {
      const mine = task(1, 3, { project_id: 5 })

      const store = all([event as LiveEvent], holding(mine, task(2, 1, { project_id: 6 }), task(3, 1)))

      assert.deepEqual(versions(tasks.keep(store, [mine])), [
        [2, 1],
        [3, 1],
      ])
    })
  }

  it('[SDK7] accepts the tasks again when the access is given again', () => {
    const mine = task(1, 3, { project_id: 5 })
    const store = all([access(false), access(true)], holding(mine))

    assert.deepEqual(versions(tasks.keep(store, [mine])), [[1, 3]])
  })
})

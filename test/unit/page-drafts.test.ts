import assert from 'node:assert/strict'
import { createDrafts } from '../../client-demo/src/drafts/drafts.ts'

/** A browser's storage with the given capacity. */
function storageOf(room = Infinity): Storage {
  const items = new Map<string, string>()
  const size = () => [...items].reduce((sum, [key, value]) => sum + key.length + value.length, 0)
  return {
    get length() {
      return items.size
    },
    key: at => [...items.keys()][at] ?? null,
    getItem: key => items.get(key) ?? null,
    removeItem: key => void items.delete(key),
    clear: () => items.clear(),
    setItem(key, value) {
      const before = items.get(key)
      items.set(key, value)
      if (size() <= room) return
      if (before === undefined) items.delete(key)
      else items.set(key, before)
      throw new Error('QuotaExceededError')
    },
  }
}
const day = 24 * 3_600_000

describe('drafts of the page', () => {
  it('[PG32] belong to one person, outlive the page, and are removed when they are stored', () => {
    const storage = storageOf()
    createDrafts({ storage, person: 1 }).set('task:7', { title: 'x' })
    assert.deepEqual(createDrafts({ storage, person: 1 }).get('task:7'), { title: 'x' })
    for (const person of [2, 11, 10]) assert.equal(createDrafts({ storage, person }).get('task:7'), undefined)
    createDrafts({ storage, person: 1 }).delete('task:7')
    assert.equal(storage.length, 0)
  })

  it('[PG32] are at most 50, and the oldest are removed', () => {
    const storage = storageOf()
    let nowMs = 1
    const drafts = createDrafts({ storage, person: 1, nowMs: () => (nowMs += 1) })
    for (let at = 1; at <= 60; at += 1) drafts.set(`task:${at}`, 'x')
    assert.deepEqual([storage.length, drafts.get('task:10'), drafts.get('task:11')], [50, undefined, 'x'])
  })

  it('[PG32] are kept for 30 days, whoever signs in next', () => {
    const storage = storageOf()
    createDrafts({ storage, person: 1, nowMs: () => 1 }).set('task:1', 'old')
    createDrafts({ storage, person: 1, nowMs: () => 5 * day }).set('task:2', 'young')
    createDrafts({ storage, person: 2, nowMs: () => 31 * day })
    const drafts = createDrafts({ storage, person: 1, nowMs: () => 31 * day })
    assert.deepEqual([drafts.get('task:1'), drafts.get('task:2')], [undefined, 'young'])
  })

  it('[PG32] make room by removing older ones, and report when there is no room', () => {
    const storage = storageOf(1_000)
    let nowMs = 1
    const drafts = createDrafts({ storage, person: 1, nowMs: () => (nowMs += 1) })
    for (let at = 1; at <= 8; at += 1) drafts.set(`post:${at}`, 'x'.repeat(150))
    assert.equal(drafts.get('post:8'), 'x'.repeat(150))
    assert.equal(drafts.isAtRisk(), false)
    drafts.set('post:9', 'y'.repeat(2_000))
    assert.deepEqual([drafts.get('post:9'), drafts.isAtRisk()], ['y'.repeat(2_000), true])
    drafts.delete('post:9')
    assert.equal(drafts.isAtRisk(), false)
  })

  it('[PG32] survive a browser that keeps nothing, or foreign content under our key', () => {
    const none = createDrafts({ storage: null, person: 1 })
    none.set('task:1', 'x')
    assert.deepEqual([none.get('task:1'), none.isAtRisk()], ['x', true])
    const storage = storageOf()
    storage.setItem('taskwire.draft.1.task:1', '{not json')
    storage.setItem('theme', 'dark')
    assert.equal(createDrafts({ storage, person: 1 }).get('task:1'), undefined)
    assert.equal(storage.getItem('theme'), 'dark')
  })
})

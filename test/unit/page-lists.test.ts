import assert from 'node:assert/strict'
import { createStore } from '../../client-demo/src/lib/state.ts'
import { createPages, unloaded, type Paging } from '../../client-demo/src/live/pages.ts'

interface Numbers extends Paging {
  numbers: readonly number[]
}

interface Asked {
  cursor: string
  signal: AbortSignal
  answer: (results: number[], next?: string) => void
  fail: () => void
}

const settled = () => new Promise(resolve => setImmediate(resolve))

function createList() {
  const store = createStore<Numbers>({ ...unloaded, numbers: [] })
  const asked: Asked[] = []
  const pages = createPages({
    store,
    fetchPage: (cursor, signal) =>
      new Promise<{ results: number[]; next: string | null }>((resolve, reject) =>
        asked.push({
          cursor,
          signal,
          answer: (results, next) => resolve({ results, next: next === undefined ? null : `/x?cursor=${next}` }),
          fail: () => reject(new Error('no')),
        }),
      ),
    begin: (_: Numbers, { results }) => ({ numbers: results }),
    add: ({ numbers }: Numbers, { results }) => ({ numbers: [...numbers, ...results] }),
  })
  return { store, pages, asked }
}

describe('a list of the page', () => {
  it('[PG29] is loaded page by page, to its end', async () => {
    const { store, pages, asked } = createList()
    void pages.reload()
    asked[0]!.answer([1, 2], 'b')
    await settled()
    void pages.loadMore()
    // A second time while it is on its way.
    void pages.loadMore()
    asked[1]!.answer([3])
    await settled()
    await pages.loadMore()

    assert.deepEqual(store.get(), { numbers: [1, 2, 3], next: null, loading: false, error: null })
    assert.deepEqual(
      asked.map(({ cursor }) => cursor),
      ['', 'b'],
    )
  })

  it('[PG29] shows the old list until the new one is there, and knows what was heard meanwhile', async () => {
    const { store, pages, asked } = createList()
    void pages.reload()
    asked[0]!.answer([1])
    await settled()
    void pages.reload()
    const change = (state: Numbers) => ({ ...state, numbers: [...state.numbers, 9] })
    pages.note(change)
    store.set(change)
    assert.deepEqual(store.get().numbers, [1, 9])
    asked[1]!.answer([1, 2], 'b')
    await settled()
    assert.deepEqual(store.get().numbers, [1, 2, 9])

    // A further page adds to what has been changed already.
    void pages.loadMore()
    pages.note(change)
    store.set(change)
    asked[2]!.answer([3])
    await settled()
    assert.deepEqual(store.get().numbers, [1, 2, 9, 9, 3])
  })

  it('[PG29] can be continued when what was on its way is not wanted any more', async () => {
    const { store, pages, asked } = createList()
    void pages.reload()
    asked[0]!.answer([1], 'b')
    await settled()
    void pages.loadMore()
    pages.stop()
    assert.equal(asked[1]!.signal.aborted, true)
    assert.equal(store.get().loading, false)
    void pages.loadMore()
    asked[2]!.answer([2])
    await settled()
    assert.deepEqual(store.get().numbers, [1, 2])
  })

  it('[PG29] begins anew after an attempt to begin anew has failed, and goes on after a page has', async () => {
    const { store, pages, asked } = createList()
    void pages.reload()
    asked[0]!.answer([1], 'b')
    await settled()
    void pages.loadMore()
    asked[1]!.fail()
    await settled()
    assert.notEqual(store.get().error, null)
    void pages.loadMore()
    assert.equal(store.get().error, null)
    void pages.reload()
    asked[3]!.fail()
    await settled()
    assert.deepEqual(store.get().numbers, [1])
    void pages.loadMore()
    asked[4]!.answer([7])
    await settled()

    assert.deepEqual(store.get(), { numbers: [7], next: null, loading: false, error: null })
    assert.deepEqual(
      asked.map(({ cursor }) => cursor),
      ['', 'b', 'b', '', ''],
    )
  })

  it('[PG29] drops answers to what nobody asks any more', async () => {
    const { store, pages, asked } = createList()
    void pages.reload()
    void pages.reload()
    assert.equal(asked[0]!.signal.aborted, true)
    asked[1]!.answer([2])
    asked[0]!.answer([1])
    await settled()
    assert.deepEqual(store.get().numbers, [2])
  })
})

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { taskStatuses, type Task } from '../../sdk/index.ts'
import { emptyBoard, everyColumn, type BoardState } from '../../client-demo/src/tasks/board-state.ts'
import { createSorter } from '../../client-demo/src/tasks/sorting.ts'

const task = (id: number, place: number, status: Task['status'], title: string) =>
  ({ id, title, description: '', status, position: `a${place}`, updated_at: `2026-01-01T00:00:${place}` }) as Task

const change = fc.record({
  kind: fc.constantFrom('put', 'drop', 'pend', 'settle', 'list', 'search', 'many'),
  id: fc.integer({ min: 1, max: 60 }),
  place: fc.integer({ min: 10, max: 59 }),
  status: fc.constantFrom(...taskStatuses),
  title: fc.constantFrom('apple', 'pear', 'plum'),
})
type Change = typeof change extends fc.Arbitrary<infer One> ? One : never

function applied(state: BoardState, { kind, id, place, status, title }: Change): BoardState {
  const tasks = new Map(state.store.items)
  const pending = new Map(state.pending)
  switch (kind) {
    case 'put':
      tasks.set(id, task(id, place, status, title))
      break
    case 'many':
      for (let nth = 0; nth < 250; nth += 1) tasks.set(id + nth, task(id + nth, 10 + (nth % 50), status, title))
      break
    case 'drop':
      tasks.delete(id)
      break
    case 'pend':
      pending.set(id, { status, position: `a${place}` })
      break
    case 'settle':
      pending.delete(id)
      break
    case 'list': {
      const listed = new Set([...tasks.keys()].slice(0, id))
      const columns = everyColumn(one => ({ ...state.columns[one], listed, next: place % 2 === 0 ? 'more' : null }))
      return { ...state, columns }
    }
    case 'search':
      return { ...state, filters: { ...state.filters, search: place % 2 === 0 ? '' : title } }
  }
  return { ...state, store: { ...state.store, items: tasks }, pending }
}

describe('page: the order of the cards', () => {
  it('[LC5] puts a card where sorting everything again would put it', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), changes => {
        const sorter = createSorter()
        let state = emptyBoard
        for (const one of changes) {
          state = applied(state, one)
          assert.deepEqual(sorter(state), createSorter()(state))
        }
      }),
    )
  })

  it('[LC5] leaves a column unchanged in which nothing has changed', () => {
    const sorter = createSorter()
    const put = (id: number, status: Task['status']) =>
      ({ kind: 'put', id, place: 20 + id, status, title: 'plum' }) as const
    const before = [put(1, 'todo'), put(2, 'done')].reduce<BoardState>(applied, emptyBoard)
    const { todo, done } = sorter(before)
    const after = sorter(applied(before, put(3, 'todo')))
    assert.equal(after.done, done)
    assert.deepEqual(
      after.todo.map(({ id }) => id),
      [...todo.map(({ id }) => id), 3],
    )
  })
})

import assert from 'node:assert/strict'
import { AppError } from '../../server/kernel/errors.ts'
import { createTurns, type Key } from '../../server/kernel/turns.ts'

const code = (expected: string) => (error: unknown) => error instanceof AppError && error.code === expected

/** Work that ends when the test says so, and the keys in the order in which their work began. */
function createWork(turns: ReturnType<typeof createTurns>) {
  const begun: Key[] = []
  const ends: (() => void)[] = []
  return {
    begun,
    ask: (key: Key) =>
      turns.run(key, () => {
        begun.push(key)
        return new Promise<void>(resolve => ends.push(resolve))
      }),
    /** Ends the work that began first, and lets the next work begin. */
    endFirst: async () => {
      await new Promise(setImmediate)
      ends.shift()!()
      await new Promise(setImmediate)
    },
  }
}

const bounds = { running: 2, perKey: 1, waiting: 6, waitingPerKey: 4 }

describe('turns', () => {
  it('[TU1] serves the waiting keys in rotation, not in the order in which they asked', async () => {
    const { begun, ask, endFirst } = createWork(createTurns({ ...bounds, running: 1 }))
    const all = ['a', 'a', 'a', 'b', 'c'].map(ask)
    for (let done = 0; done < 5; done++) await endFirst()
    await Promise.all(all)
    assert.deepEqual(begun, ['a', 'a', 'b', 'c', 'a'])
  })

  it('[TU1] runs as many as it may at once, and no more of one key than its share while others ask', async () => {
    const { begun, ask, endFirst } = createWork(createTurns({ ...bounds, running: 3, perKey: 2 }))
    const all = ['a', 'b', 'a', 'a', 'a'].map(ask)
    await new Promise(setImmediate)
    assert.deepEqual(begun, ['a', 'b', 'a'])
    await endFirst()
    assert.deepEqual(begun, ['a', 'b', 'a', 'a'])
    for (let done = 0; done < 4; done++) await endFirst()
    await Promise.all(all)
  })

  it('[TU1] lets a single key use more places than its share', async () => {
    const { begun, ask, endFirst } = createWork(createTurns({ ...bounds, alone: 2 }))
    const all = ['a', 'a'].map(ask)
    await new Promise(setImmediate)
    assert.deepEqual(begun, ['a', 'a'])
    for (let done = 0; done < 2; done++) await endFirst()
    await Promise.all(all)
  })

  it('[TU1] counts expensive work as several places, at most as the share of its key', async () => {
    const turns = createTurns({ ...bounds, running: 4, perKey: 3 })
    const dear = await turns.take('a', 10)
    const cheap = await turns.take('b')
    let begun = false
    const next = turns.take('b').then(giveBack => ((begun = true), giveBack))
    await new Promise(setImmediate)
    assert.equal(begun, false)
    cheap()
    ;(await next)()
    dear()
    ;(await turns.take('b', 3))()
  })

  it('[TU2] refuses a key with too much waiting as rate_limited, and goes on accepting work of others', async () => {
    const { begun, ask, endFirst } = createWork(createTurns(bounds))
    const all = ['a', 'a', 'a', 'a', 'a'].map(ask)
    await assert.rejects(ask('a'), code('rate_limited'))
    all.push(ask('b'))
    for (let done = 0; done < 6; done++) await endFirst()
    await Promise.all(all)
    assert.equal(begun.length, 6)
  })

  it('[TU2] refuses everybody as unavailable when too much waits in all', async () => {
    const { ask, endFirst } = createWork(createTurns({ ...bounds, running: 1 }))
    const all = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(ask)
    await assert.rejects(ask('h'), code('unavailable'))
    for (let done = 0; done < 7; done++) await endFirst()
    await Promise.all(all)
  })

  it('[TU2] refuses the last work of the key with most waiting when a key with less comes', async () => {
    const { begun, ask, endFirst } = createWork(createTurns({ ...bounds, running: 1, waiting: 4 }))
    const all = ['a', 'a', 'a', 'a', 'a'].map(ask)
    const last = assert.rejects(all.pop()!, code('rate_limited'))
    all.push(ask('b'))
    await last
    for (let done = 0; done < 5; done++) await endFirst()
    await Promise.all(all)
    assert.deepEqual(begun, ['a', 'a', 'b', 'a', 'a'])
  })

  it('[TU1] keeps free places for expensive work that is next', async () => {
    const turns = createTurns({ running: 2, perKey: 2, waiting: 9, waitingPerKey: 9 })
    const [one, another] = [await turns.take('a'), await turns.take('b')]
    let begun = false
    const dear = turns.take('c', 2).then(giveBack => ((begun = true), giveBack))
    one()
    let passed = false
    const small = turns.take('d').then(giveBack => ((passed = true), giveBack))
    await new Promise(setImmediate)
    assert.deepEqual([begun, passed], [false, false])
    another()
    ;(await dear)()
    ;(await small)()
  })

  it('[TU3] gives a turn back when the work fails, and only once', async () => {
    const turns = createTurns({ ...bounds, running: 1 })
    await assert.rejects(
      turns.run('a', () => Promise.reject(new Error('broken'))),
      /broken/,
    )
    const giveBack = await turns.take('a')
    giveBack()
    giveBack()
    const { begun, ask, endFirst } = createWork(turns)
    const all = ['a', 'b'].map(ask)
    await new Promise(setImmediate)
    assert.deepEqual(begun, ['a'])
    for (let done = 0; done < 2; done++) await endFirst()
    await Promise.all(all)
  })
})

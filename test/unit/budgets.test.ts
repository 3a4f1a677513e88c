import assert from 'node:assert/strict'
import { createBudgets } from '../../server/kernel/budgets.ts'

describe('budgets', () => {
  const scene = (atOnce = 5) => {
    let time = 0
    const budgets = createBudgets<string | number>({ perSecond: 10, atOnce }, () => time)
    const takeAll = (key: string | number) => {
      let count = 0
      while (budgets.take(key)) count++
      return count
    }
    return { ...budgets, budgets, takeAll, pass: (ms: number) => void (time += ms) }
  }

  it('[TU17] give each key an amount at once and an amount a second, apart from other keys', () => {
    const { takeAll, pass } = scene()
    assert.equal(takeAll('a'), 5)
    assert.equal(takeAll('b'), 5)
    pass(300)
    assert.equal(takeAll('a'), 3)
    pass(60_000)
    assert.equal(takeAll('a'), 5)
  })

  it('[TU17] spend nothing on what costs more than is left, and a debt is paid off with time', () => {
    const { take, owe, debtMs, has, pass } = scene()
    assert.equal(take('a', 6), false)
    assert.equal(owe('a', 15), 1_000)
    assert.equal(has('a'), false)
    pass(400)
    assert.equal(debtMs('a'), 600)
    pass(1_000)
    assert.equal(debtMs('a'), 0)
    assert.equal(has('a', 4), true)
  })

  it('[TU17] forget the keys with a full budget, and no others', () => {
    const { budgets, takeAll, take, pass } = scene()
    for (let key = 0; key < 999; key++) take(key)
    pass(1_000)
    takeAll('busy')
    for (let key = 1_000; key < 1_010; key++) take(key)
    assert.equal(budgets.size, 11)
    assert.equal(take('busy'), false)
  })
})

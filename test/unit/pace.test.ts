import assert from 'node:assert/strict'
import { createBudgets } from '../../server/kernel/budgets.ts'
import { createPace } from '../../server/faces/socket/pace.ts'
import { eventually } from '../support/eventually.ts'

describe('the pace of joins', () => {
  const scene = () => {
    let time = 0
    const pace = createPace(createBudgets<number>({ perSecond: 100, atOnce: 1_000 }, () => time))
    const member = { person: { id: 1 }, closed: false } as Parameters<typeof pace.wait>[0]
    let waits = true
    const wait = () => void pace.wait(member).then(() => (waits = false))
    return { pace, member, wait, waits: () => waits, pass: (ms: number) => (time += ms) }
  }

  it('[TU13] who was told more than the budget gives waits until it is paid, and nobody else does', async () => {
    const { pace, member, wait, waits, pass } = scene()
    pace.told(member, 1_000)
    await pace.wait(member)
    pace.told(member, 500)
    wait()
    await pace.wait({ ...member, person: { ...member.person, id: 2 } })
    assert.equal(waits(), true)
    pass(5_000)
    await eventually(() => assert.equal(waits(), false))
  })

  it('[TU13] who goes meanwhile is not waited for', async () => {
    const { pace, member, wait, waits } = scene()
    pace.told(member, 1_000_000)
    wait()
    member.closed = true
    await eventually(() => assert.equal(waits(), false))
  })
})

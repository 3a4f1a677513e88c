import assert from 'node:assert/strict'
import { createBudgets } from '../../server/kernel/budgets.ts'
import { createPace } from '../../server/faces/socket/pace.ts'
import { eventually } from '../support/eventually.ts'

describe('the pace of joins', () => {
  const events = (count: number, bytes: number) => Array.from({ length: count }, () => ({ bytes }))
  const scene = () => {
    let time = 0
    const pace = createPace(createBudgets<number>({ perSecond: 100, atOnce: 1_000 }, () => time))
    const member = { person: { id: 1 }, closed: false } as Parameters<typeof pace.wait>[0]
    let waits = true
    const wait = () => void pace.wait(member).then(() => (waits = false))
    const tell = (count: number) => pace.count(member, events(count, 0))
    return { pace, member, tell, wait, waits: () => waits, pass: (ms: number) => (time += ms) }
  }

  it('[TU13] delays a person who was sent more than the budget gives until it is paid, and nobody else', async () => {
    const { pace, member, tell, wait, waits, pass } = scene()
    tell(1_000)
    await pace.wait(member)
    tell(500)
    wait()
    await pace.wait({ ...member, person: { ...member.person, id: 2 } })
    assert.equal(waits(), true)
    pass(5_000)
    await eventually(() => assert.equal(waits(), false))
  })

  it('[TU13] does not wait for a person who leaves meanwhile', async () => {
    const { tell, member, wait, waits } = scene()
    tell(1_000_000)
    wait()
    member.closed = true
    await eventually(() => assert.equal(waits(), false))
  })

  it('[TU13] delays a join by what is owed when it comes, and not by what others are sent meanwhile', async () => {
    const { pace, member, tell } = scene()
    tell(1_030)
    const entered = pace.enter(member)
    tell(300)
    await entered
  })

  it('[TU13] answers a join that would wait too long with the time to come again', async () => {
    const { pace, member, tell } = scene()
    tell(1_900)
    await assert.rejects(pace.enter(member), { code: 'rate_limited', retryAfter: 9, details: { retry_after: 9 } })
  })

  for (const [what, told, members, cost] of [
    ['many small events', events(500, 0), 0, 500],
    ['a few large events', events(2, 128 * 1024), 0, 130],
    ['two thousand members', [], 2_000, 200],
  ] as const)
    it(`[TU13] counts ${what} by the cost of sending them`, () => {
      const owed: number[] = []
      const rows = { owe: (_: number, count: number) => owed.push(count) }
      createPace(rows as never).count({ person: { id: 1 } } as never, told, members)
      assert.deepEqual(owed, [cost])
    })
})

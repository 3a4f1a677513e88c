import assert from 'node:assert/strict'
import { addTask } from '../suites/answers.ts'
import { join, listen } from '../suites/sockets.ts'
import { eventually } from '../support/eventually.ts'
import { recordEvents } from '../support/recorder.ts'
import { report } from './figures.ts'
import { useStage } from './use-stage.ts'

describe('a client that changes its instance', function () {
  this.timeout(120_000)
  const stage = useStage({ count: 2 })

  it('[FT18] resumes at an instance that is behind its former one, and misses nothing', async () => {
    const [fast, slow] = [stage().instances[0]!, stage().instances[1]!]
    const ann = await stage().user('ann')
    const { socket, heard } = await listen(ann.at(fast))
    const { epoch } = await join(socket, ['tasks'])
    const resumed = await ann.at(slow).socket()
    const seen = recordEvents(resumed)
    // The instance gets nothing from the others, and must read the log itself.
    await slow.proxies.redis.refuse()
    slow.proxies.database.throttle(20_000)
    for (let times = 0; times < 5; times++) await addTask(ann.at(fast), { description: 'x'.repeat(40_000) })
    await eventually(() => assert.equal(heard.filter(({ name }) => name === 'task_created').length, 5))

    socket.disconnect()
    const since: number = heard.at(-1)!.payload.offset
    // It is about half a second behind.
    slow.proxies.database.throttle(400_000)
    const began = performance.now()
    const answer = await resumed.emitWithAck('join_room', { rooms: ['tasks'], since, epoch })
    report({ 'answered after ms': performance.now() - began })
    assert.deepEqual([answer.ok, answer.recovered, answer.missed], [true, true, 0], JSON.stringify(answer))
    assert.ok(answer.offset >= since)

    const next = await addTask(ann.at(fast))
    await eventually(() => assert.equal(seen.length, 1))
    assert.equal(seen[0]!.payload.task.id, next.id)
  })

  it('[FT23] is refused by an instance that stays behind, and later gets nothing twice', async () => {
    const [fast, slow] = [stage().instances[0]!, stage().instances[1]!]
    const ann = await stage().user('ann')
    const { socket, heard } = await listen(ann.at(fast))
    const { epoch } = await join(socket, ['tasks'])
    const resumed = await ann.at(slow).socket()
    const seen = recordEvents(resumed)
    await slow.proxies.redis.refuse()
    // Longer than a join waits.
    slow.proxies.database.throttle(20_000)
    const ids: number[] = []
    for (let times = 0; times < 5; times++)
      ids.push((await addTask(ann.at(fast), { description: 'x'.repeat(40_000) })).id)
    await eventually(() => assert.equal(heard.at(-1)?.payload.task?.id, ids.at(-1)))

    const since: number = heard.at(-1)!.payload.offset
    const resume = () => resumed.timeout(15_000).emitWithAck('join_room', { rooms: ['tasks'], since, epoch })
    const refused = await resume()
    assert.deepEqual([refused.ok, refused.error?.code], [false, 'unavailable'], JSON.stringify(refused))

    const answer = await eventually(async () => {
      const again = await resume()
      assert.equal(again.ok, true)
      return again
    })
    assert.deepEqual([answer.recovered, answer.missed], [true, 0])
    const next = await addTask(ann.at(fast))
    await eventually(() => assert.ok(seen.some(({ payload }) => payload.task?.id === next.id)))
    assert.deepEqual(
      seen.filter(({ payload }) => payload.offset <= since),
      [],
    )
  })
})

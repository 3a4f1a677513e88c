import assert from 'node:assert/strict'
import { addTask } from '../suites/answers.ts'
import { join, listen } from '../suites/sockets.ts'
import { eventually } from '../support/eventually.ts'
import { recordEvents } from '../support/recorder.ts'
import { report } from './figures.ts'
import { useStage } from './use-stage.ts'

describe('a client that changes its instance', function () {
  this.timeout(30_000)
  const stage = useStage({ count: 2 })

  it('[FT18] resumes at an instance that is behind its former one, and misses nothing', async () => {
    const [fast, slow] = [stage().instances[0]!, stage().instances[1]!]
    const ann = await stage().user('ann')
    const { socket, heard } = await listen(ann.at(fast))
    const { epoch } = await join(socket, ['tasks'])
    const resumed = await ann.at(slow).socket()
    const seen = recordEvents(resumed)
    // The instance gets nothing from the others, and needs more than a second to read the log itself.
    await slow.proxies.redis.refuse()
    slow.proxies.database.throttle(150_000)
    for (let times = 0; times < 5; times++) await addTask(ann.at(fast), { description: 'x'.repeat(40_000) })
    await eventually(() => assert.equal(heard.filter(({ name }) => name === 'task_created').length, 5))

    socket.disconnect()
    const since: number = heard.at(-1)!.payload.offset
    const began = performance.now()
    const answer = await resumed.emitWithAck('join_room', { rooms: ['tasks'], since, epoch })
    report({ 'answered after ms': performance.now() - began })
    assert.deepEqual([answer.ok, answer.recovered, answer.missed], [true, true, 0], JSON.stringify(answer))
    assert.ok(answer.offset >= since)

    const next = await addTask(ann.at(fast))
    await eventually(() => assert.equal(seen.length, 1))
    assert.equal(seen[0]!.payload.task.id, next.id)
  })
})

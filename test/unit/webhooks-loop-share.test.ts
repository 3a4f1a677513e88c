import assert from 'node:assert/strict'
import { createLoopShare } from '../../server/features/webhooks/loop-share.ts'
import { createPulse } from '../../server/features/webhooks/pulse.ts'
import { eventually } from '../support/eventually.ts'

const keepBusy = (ms: number) => {
  for (const end = performance.now() + ms; performance.now() < end;);
}

describe('the share of the event loop that webhooks take', () => {
  it('[WK20] makes the rest longer, the longer the loop has worked, up to a bound', () => {
    const [half, bounded] = [createLoopShare(0.5, 1e6), createLoopShare(0.5, 7)]
    keepBusy(30)
    assert.ok(half() >= 30)
    assert.equal(bounded(), 7)
  })

  it('[WK20] needs no rest when the loop was free', async () => {
    const share = createLoopShare(0.999, 50)
    await eventually(() => assert.equal(share(), 0))
  })

  it('[WK20] is asked for after each run, also when the next one follows at once', async () => {
    const seen: string[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    const yieldMs = () => {
      seen.push('rest')
      return 1
    }
    const work = async () => {
      seen.push('run')
      if (seen.length > 4) resolve()
      return seen.length < 4
    }
    const pulse = createPulse(work, { everyMs: 1_000, yieldMs }, error => assert.fail(error as Error))
    await promise
    await pulse.stop()
    assert.deepEqual(seen.slice(0, 5), ['run', 'rest', 'run', 'rest', 'run'])
  })
})

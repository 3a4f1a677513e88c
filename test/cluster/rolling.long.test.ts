import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import { ask } from './account.ts'
import { lateness, report, reportLateness } from './figures.ts'
import { useLoad } from './use-load.ts'
import { useStage } from './use-stage.ts'

/** How long a load balancer goes on sending to an instance that is no longer ready. */
const noticedAfterMs = 500

describe('a rolling restart', function () {
  this.timeout(120_000)
  const stage = useStage({ count: 2 })
  const under = useLoad(stage)

  it('[FT21] fails no call behind a load balancer and loses nothing; each instance ends with code 0 within 15 s', async () => {
    const { instances } = stage()
    const up = new Set(instances)
    let turn = 0
    const choose = () => {
      const { name, directUrl } = [...up][turn++ % up.size]!
      return { name, url: directUrl }
    }
    const ends: { code: number | null; ms: number }[] = []
    const { operations, followers } = await under({ choose, perSecond: 40 }, async () => {
      for (const instance of instances) {
        const ended = instance.stop()
        await eventually(async () =>
          assert.equal((await ask(instance.directUrl, 'GET', '/health/ready', { withinMs: 1_000 })).status, 503),
        )
        await sleep(noticedAfterMs)
        up.delete(instance)
        ends.push(await ended)
        await instance.start()
        up.add(instance)
      }
    })

    reportLateness(lateness(followers, operations))
    report({ 'ended after ms': ends.map(({ ms }) => ms).join(', ') })
    const failed = operations.flatMap(({ attempts }) => attempts).filter(({ status }) => status !== 201)
    assert.deepEqual(failed, [])
    assert.deepEqual(
      ends.map(({ code }) => code),
      [0, 0],
    )
    assert.ok(ends.every(({ ms }) => ms < 15_000))
    assert.ok(followers.every(({ connects }) => connects > 1))
  })
})

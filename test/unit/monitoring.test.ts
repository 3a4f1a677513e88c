import assert from 'node:assert/strict'
import { createMetrics } from '../../server/adapters/metrics-prometheus.ts'
import { numbersOf } from '../../server/features/monitoring/numbers.ts'
import { createWindow } from '../../server/features/monitoring/window.ts'
import { createLogger } from '../../server/kernel/logger.ts'

describe('numbers of the views', () => {
  const metrics = () => createMetrics(createLogger({ level: 'silent', pretty: false }))
  const measured = async (values: number[], bounds = [0.1, 0.2, 0.4]) => {
    const all = metrics()
    const histogram = all.histogram({ name: 'seconds', help: 'x', labels: ['of'] }, bounds)
    values.forEach((value, nth) => histogram.observe({ of: String(nth % 3) }, value))
    return numbersOf(await all.families()).spread('seconds')
  }

  it('[MO3] say nothing about the time of what never happened', async () => {
    assert.deepEqual(await measured([]), { count: 0, mean_ms: null, p50_ms: null, p95_ms: null, p99_ms: null })
  })

  it('[MO3] estimate the time within the bucket, over all series', async () => {
    // Four of ten lie up to 100 ms, so the fifth is a sixth of the way from 100 ms to 200 ms.
    const spread = await measured([0.01, 0.02, 0.03, 0.04, 0.11, 0.12, 0.13, 0.14, 0.15, 0.16])
    assert.deepEqual([spread.count, spread.mean_ms, spread.p50_ms], [10, 91, 116.67])
  })

  it('[MO3] give the last bound for what lies beyond it', async () => {
    const spread = await measured([5, 6, 7])
    assert.deepEqual([spread.p50_ms, spread.p99_ms, spread.mean_ms], [400, 400, 6000])
  })

  it('[MO3] count what came since an earlier moment, also in series that began later', async () => {
    const all = metrics()
    const histogram = all.histogram({ name: 'seconds', help: 'x', labels: ['of'] }, [1])
    histogram.observe({ of: 'old' }, 0.5)
    const earlier = await all.families()
    histogram.observe({ of: 'old' }, 0.5)
    histogram.observe({ of: 'new' }, 0.5)
    const recent = numbersOf(await all.families(), earlier)
    assert.deepEqual([recent.spread('seconds').count, recent.spread('seconds', { of: 'old' }).count], [2, 1])
  })

  it('[MO3] are told apart by some of the labels, with those that count as failed', async () => {
    const all = metrics()
    const histogram = all.histogram({ name: 'seconds', help: 'x', labels: ['route', 'status'] }, [1, 2])
    for (const [route, status] of ['a 200', 'a 404', 'a 503', 'b c 500', 'b 200'].map(one => one.split(/ (?=\d)/)))
      histogram.observe({ route: route!, status: status! }, 0.5)
    const found = numbersOf(await all.families()).spreadsBy('seconds', ['route'], ({ status }) => status! >= '500')
    assert.deepEqual(
      found.map(({ labels, spread, counted }) => [labels.route, spread.count, counted]),
      [
        ['a', 3, 1],
        ['b c', 1, 1],
        ['b', 1, 0],
      ],
    )
  })

  it('[MO2] of the last minute begin with the start', async () => {
    let now = 5_000
    const window = await createWindow(metrics(), () => now)
    now += 20_000
    assert.equal(window.past().seconds, 20)
    window.close()
  })
})

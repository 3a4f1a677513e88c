import assert from 'node:assert/strict'
import { quantityNames, type StatisticsHistory, type StatisticsPoint } from '../../contract/index.ts'
import { findingsIn } from '../../client-demo/src/operations/system/findings.ts'
import { axisEnd, isUnknown, runsOf, timelineOf } from '../../client-demo/src/operations/system/timeline.ts'

const point = (at: string, more: Partial<StatisticsPoint> = {}): StatisticsPoint => ({
  at,
  instances: 1,
  samples: 1,
  failed_probes: [],
  ...(Object.fromEntries(quantityNames.map(name => [name, null])) as Record<(typeof quantityNames)[number], null>),
  ...more,
})
const history = (resolution: 'minute' | 'hour', from: string, to: string, at: string[]): StatisticsHistory => ({
  resolution,
  from,
  to,
  results: at.map(one => point(one)),
})
const known = (given: StatisticsHistory) => timelineOf(given).map(({ point: found }) => found !== null)

describe('page: the timeline of the system', () => {
  it('[PG60] has a place for every minute, also for those at which nothing was sampled', () => {
    const at = (minute: string) => `2026-11-29T10:${minute}:00.000Z`
    const given = history('minute', '2026-11-29T10:00:20.000Z', '2026-11-29T10:05:40.000Z', [at('02'), at('05')])
    assert.deepEqual(known(given), [false, true, false, false, true])
    assert.equal(timelineOf(given)[0]!.atMs, Date.parse(at('01')))
  })

  it('[PG60] does not call the present hour a gap before it is sampled, and the one before it only if it was not', () => {
    const span = ['hour', '2026-11-29T07:30:00.000Z', '2026-11-29T11:10:00.000Z'] as const
    assert.deepEqual(known(history(...span, ['2026-11-29T09:00:00.000Z'])), [false, true, false])
    assert.deepEqual(known(history(...span, [])), [false, false, false])
  })

  it('[PG60] tells a part that did not answer from a part that had nothing to measure', () => {
    const slot = { atMs: 0, point: point('2026-11-29T10:00:00.000Z', { failed_probes: ['jobs'] }) }
    assert.deepEqual([isUnknown(slot, 'jobs'), isUnknown(slot, 'process')], [true, false])
    assert.equal(isUnknown({ atMs: 0, point: null }, 'process'), true)
  })

  it('[PG60] breaks lines where nothing is known', () => {
    assert.deepEqual(runsOf([true, true, false, true, false]), [
      { first: 0, last: 1 },
      { first: 3, last: 3 },
    ])
    assert.deepEqual(runsOf([]), [])
  })

  it('[PG60] ends an axis at a round number that has room for the most', () => {
    assert.deepEqual([0, 0.03, 1, 7, 20, 499, 501, 3e8].map(axisEnd), [1, 0.05, 1, 10, 20, 500, 1_000, 500_000_000])
  })

  it('[PG61] says what stands out, and nothing where nothing does or nothing was measured', () => {
    const at = '2026-11-29T10:00:00.000Z'
    assert.deepEqual(findingsIn([point(at)]), [])
    const calm = {
      cpu_percent: 20,
      query_p99_ms: 12,
      request_p99_ms: 90,
      requests_per_second: 500,
      errors_per_second: 2,
    }
    assert.deepEqual(findingsIn([point(at, calm)]), [])
    assert.deepEqual(findingsIn([]), [])
    const busy = findingsIn([point(at, { ...calm, query_p99_ms: 1_900, errors_per_second: 9 })])
    assert.deepEqual(busy, [
      'The database is slow: statements take up to 1.9 s.',
      'Requests fail on our side: about 540 a minute.',
    ])
  })
  it('[PG61] says what has risen to several times of what is usual, though it is not bad by itself', () => {
    const calm = { requests_per_second: 4, request_p99_ms: 30, query_p99_ms: 20 }
    const findings = (newest: Partial<StatisticsPoint>, before = 6) =>
      findingsIn([...Array.from({ length: before }, () => point('', calm)), point('', { ...calm, ...newest })])
    assert.deepEqual(findings({}), [])
    assert.deepEqual(findings({ query_p99_ms: 100, requests_per_second: 2_220 }), [
      '2,220 requests come a second, 555 times as much as usual; the table below says where.',
      'The database slows down: statements take up to 100 ms, 5 times as much as usual.',
    ])
    assert.deepEqual(findings({ query_p99_ms: 300 }), ['The database is slow: statements take up to 300 ms.'])
    assert.deepEqual(findings({ query_p99_ms: 49, requests_per_second: null }), [])
    assert.deepEqual(findings({ query_p99_ms: 100 }, 4), [])
  })
})
